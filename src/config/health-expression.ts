import { Environment } from '@marcbachmann/cel-js'
import type { KubeObject } from '../domain/kube-object.ts'

export type CompiledExpression =
  /** Throws `FieldMissing`, `TypeFault` or another Error; how long it takes is for the caller to bound. */
  | { readonly kind: 'compiled'; readonly evaluate: (object: KubeObject) => unknown }
  | { readonly kind: 'invalid'; readonly reason: string }

/** The expression reads a field or an item that the object does not have. */
export class FieldMissing extends Error {
  override readonly name = 'FieldMissing'
}

/** The expression does with a value what its type does not allow. */
export class TypeFault extends Error {
  override readonly name = 'TypeFault'
}

const missing: readonly string[] = ['no_such_key', 'index_out_of_bounds']
const typeFaults: readonly string[] = [
  'no_such_overload',
  'no_matching_overload',
  'invalid_comprehension_range',
  'invalid_logical_operand',
  'invalid_condition_type',
]

const variables = ['metadata', 'spec', 'status', 'self'] as const
const longestReason = 200
const known = 'apiVersion, kind, metadata, spec, status and self'

const environment = new Environment({
  // .? and orValue, as in Kubernetes and Flux.
  enableOptionalTypes: true,
  homogeneousAggregateLiterals: false,
  limits: { maxAstNodes: 500, maxDepth: 32, maxListElements: 100, maxMapEntries: 100 },
})
  .registerVariable('apiVersion', 'string')
  .registerVariable('kind', 'string')
for (const name of variables) environment.registerVariable(name, 'map<string, dyn>')

/** Parses and checks a CEL expression about one object. Never throws. */
export function compileExpression(text: string): CompiledExpression {
  try {
    const { valid, type = 'dyn', error } = environment.check(text)
    if (!valid) return { kind: 'invalid', reason: explain(error, text) }
    if (type !== 'bool' && type !== 'dyn') {
      return { kind: 'invalid', reason: `gives ${type}, write one that is true or false` }
    }
    const run = environment.parse(text)
    return { kind: 'compiled', evaluate: (object) => evaluate(run, object) }
  } catch (error: unknown) {
    return { kind: 'invalid', reason: explain(error, text) }
  }
}

function evaluate(run: (context: object) => unknown, object: KubeObject): unknown {
  const self = toCel(object) as Readonly<Record<string, unknown>>
  const { apiVersion, kind, metadata, spec = {}, status = {} } = self
  try {
    return run({ apiVersion, kind, metadata, spec, status, self })
  } catch (error: unknown) {
    const { code, summary } = detailsOf(error)
    if (missing.includes(code)) throw new FieldMissing(summary)
    // What is null may be a list or a text later: Go writes an empty list as null.
    const isForGood = typeFaults.includes(code) && !/\bnull\b/.test(summary)
    if (isForGood) throw new TypeFault(summary)
    throw new Error(summary, { cause: error })
  }
}

/** JSON as CEL takes it: whole numbers are its int, which JavaScript's bigint stands for. */
function toCel(value: unknown): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value
  if (Array.isArray(value)) return value.map(toCel)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toCel(item)]))
}

function explain(error: unknown, text: string): string {
  const { code, summary, start } = detailsOf(error)
  const at =
    start === undefined || start >= text.length ? 'at its end' : `at character ${start + 1}`
  const hint = code === 'unknown_variable' ? `, it may use ${known}` : ''
  return `not a CEL expression: ${summary} ${at}${hint}`
}

interface Details {
  readonly code: string
  readonly summary: string
  readonly start: number | undefined
}

// The library's own classes extend Error, its message is a drawing of the source on several lines.
function detailsOf(error: unknown): Details {
  const { code, summary, range } = (error ?? {}) as Partial<Details> & {
    readonly range?: { readonly start: number }
  }
  const told = summary ?? (error instanceof Error ? error.message : 'no reason is known')
  return {
    code: code ?? '',
    // It may quote what the object holds.
    summary: told.slice(0, longestReason),
    start: range?.start,
  }
}
