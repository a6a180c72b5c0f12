import { z } from 'zod'
import { keysAt } from './known-keys.ts'
import type { Path } from './problem.ts'
import { found } from './schema/text.ts'
import { didYouMean } from './suggest.ts'

/** One thing wrong at one place of the data; `at` says whether the key or its value is. */
export interface Fault {
  readonly path: Path
  readonly at: 'key' | 'value'
  readonly message: string
}

type Issue = z.core.$ZodIssue

/** Keys of the design whose feature does not exist, by section. */
const ofAnApplication: Readonly<Record<string, string>> = {
  adopt: 'is a command, leave it out: landfall adopt APPLICATION',
  environment: 'is not supported yet, leave it out',
}

/** Keys that somebody may look for, by section. */
const lookedFor: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  applications: ofAnApplication,
  defaults: ofAnApplication,
}

/** Every fault the schema finds in the data, in the order it finds them. */
export function faultsOf(schema: z.ZodType, data: unknown): Fault[] {
  const result = schema.safeParse(data, { error: wording })
  if (result.success) return []
  return result.error.issues.flatMap((issue) => explain(issue, [], { schema, data }))
}

interface Subject {
  readonly schema: z.ZodType
  readonly data: unknown
}

function explain(issue: Issue, base: Path, subject: Subject): Fault[] {
  const path = [
    ...base,
    ...issue.path.map((part) => (typeof part === 'number' ? part : String(part))),
  ]
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey(path, key, subject.schema))
  }
  const branch = issue.code === 'invalid_union' ? meantBranch(issue.errors, path, subject.data) : []
  return branch.length > 0
    ? branch.flatMap((inner) => explain(inner, path, subject))
    : [{ path, at: 'value', message: issue.message }]
}

function unknownKey(path: Path, key: string, schema: z.ZodType): Fault {
  const section = lookedFor[String(path[0] ?? '')] ?? {}
  const message = Object.hasOwn(section, key)
    ? `${key} ${section[key]}`
    : `unknown key${didYouMean(key, keysAt(schema, path))}`
  return { path: [...path, key], at: 'key', message }
}

/** Issues of the one branch that was meant: of the right kind, with a key of it, the fewest faults. */
function meantBranch(
  branches: readonly (readonly Issue[])[],
  path: Path,
  data: unknown,
): readonly Issue[] {
  const value = path.reduce<unknown>((parent, part) => (parent as Mapping)[part], data)
  const possible = branches.filter((issues) => !issues.some(isOtherKind) && knowsKey(issues, value))
  const fewest = Math.min(...possible.map(weight))
  const best = possible.filter((issues) => weight(issues) === fewest)
  return best.length === 1 ? (best[0] ?? []) : []
}

type Mapping = Readonly<Record<string | number, unknown>>

function knowsKey(issues: readonly Issue[], value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return true
  const unknown = issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys : [],
  )
  return Object.keys(value).length > unknown.length
}

function isOtherKind(issue: Issue): boolean {
  if (issue.path.length > 0) return false
  if (issue.code === 'invalid_union') return issue.errors.every((inner) => inner.some(isOtherKind))
  return issue.code === 'invalid_type' || issue.code === 'invalid_value'
}

function weight(issues: readonly Issue[]): number {
  return issues.reduce((sum, issue) => {
    return sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1)
  }, 0)
}

const kindWords: Readonly<Record<string, string>> = {
  object: 'a mapping of keys to values',
  record: 'a mapping of keys to values',
  array: 'a list',
  boolean: 'true or false',
  string: 'text',
}

function wording(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return `${found(issue.input)}, write ${kindWords[issue.expected] ?? issue.expected}`
    case 'invalid_value':
      return choice(issue.input, issue.values.map(String))
    case 'invalid_union':
      return Array.isArray(issue['options'])
        ? choice(discriminatorOf(issue), issue['options'].filter(isNamed).map(String))
        : undefined
    default:
      return undefined
  }
}

function discriminatorOf(issue: z.core.$ZodRawIssue): unknown {
  const key = String(issue['discriminator'])
  return (issue.input as Record<string, unknown>)[key]
}

// A discriminator that may be left out has one choice that nobody can write.
function isNamed(option: unknown): boolean {
  return option !== undefined
}

function choice(input: unknown, values: readonly string[]): string {
  const wrong = typeof input === 'string' ? 'not one of the choices' : found(input)
  const suggestion = typeof input === 'string' ? didYouMean(input, values) : ''
  return `${wrong}, write ${values.join(' or ')}${suggestion}`
}
