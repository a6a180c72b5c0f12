import { compileExpression, FieldMissing, TypeFault } from '../../config/health-expression.ts'
import type { HealthRule } from '../../domain/application.ts'
import type { HealthAssessment } from '../../domain/health.ts'
import { groupKind, type KubeObject, type ObjectRef } from '../../domain/kube-object.ts'
import { degraded, healthy, progressing } from './assessment.ts'
import { type BoundedRun, createBoundedRun, TookTooLong } from './bounded-run.ts'
import { describeStatus } from './describe-status.ts'

/** The rule of one kind; as ours it never throws. */
export type CustomRule = (object: KubeObject) => HealthAssessment

/** undefined: the configuration has none for the kind. */
export type CustomRules = (ref: Pick<ObjectRef, 'group' | 'kind'>) => CustomRule | undefined

// In this order, as in Flux: the first that holds decides, and where none does it is not done yet.
const parts = ['progressing', 'failed', 'healthy'] as const
type Part = (typeof parts)[number]

/**
 * holds, or not; missing: it reads a field that is not there; broken: it could not be asked; hopeless:
 * it never can.
 */
type Answer =
  | { readonly kind: 'holds' | 'not' }
  | { readonly kind: 'missing' | 'broken' | 'hopeless'; readonly reason: string }

const limitMs = 50
// An object that changes often must not cost the limit each time.
const mostOverruns = 3

/**
 * The rules of an application's configuration, evaluated within bounds: an expression takes 50 ms at
 * most, and one that took longer three times is not asked again.
 */
export function createCustomRules(rules: readonly HealthRule[]): CustomRules {
  const bounded = createBoundedRun(limitMs)
  const byKind = new Map(rules.map((rule) => [groupKind(rule), createRule(rule, bounded)]))
  return (ref) => byKind.get(groupKind(ref))
}

type Ask = (object: KubeObject) => Answer

function createRule(rule: HealthRule, bounded: BoundedRun): CustomRule {
  const kind = groupKind(rule)
  const asks = parts.flatMap((part) => {
    const text = rule[part]
    return text === undefined ? [] : [{ part, ask: createAsk(bounded, text) }]
  })
  return (object) => {
    let fault: HealthAssessment | undefined
    let missing = ''
    for (const { part, ask } of asks) {
      const answer = ask(object)
      if (answer.kind === 'holds')
        return part === 'healthy' && fault ? fault : tell(part, kind, object)
      if (answer.kind === 'broken' || answer.kind === 'hopeless') {
        fault ??= unknown(kind, part, answer)
      }
      missing = answer.kind === 'missing' ? ` (${answer.reason})` : ''
    }
    const message = `not healthy yet, by "healthy" of the health rule for ${kind}${missing}`
    return fault ?? progressing(withStatus(message, object))
  }
}

function tell(part: Part, kind: string, object: KubeObject): HealthAssessment {
  if (part === 'healthy') return healthy
  const told = (word: string) =>
    withStatus(`${word}, by "${part}" of the health rule for ${kind}`, object)
  return part === 'failed' ? degraded(told('failed')) : progressing(told('not done'))
}

function createAsk(bounded: BoundedRun, text: string): Ask {
  const compiled = compileExpression(text)
  if (compiled.kind === 'invalid') return () => ({ kind: 'hopeless', reason: compiled.reason })
  let overruns = 0
  return (object) => {
    if (overruns >= mostOverruns) return { kind: 'hopeless', reason: 'it is too slow' }
    try {
      const value = bounded(() => compiled.evaluate(object))
      overruns = 0
      if (typeof value === 'boolean') return { kind: value ? 'holds' : 'not' }
      const reason = `it gives ${sayType(value)}, not true or false`
      return { kind: value === null ? 'broken' : 'hopeless', reason }
    } catch (error: unknown) {
      if (error instanceof TookTooLong) overruns += 1
      const reason = error instanceof Error ? error.message : 'no reason is known'
      return { kind: kindOf(error), reason }
    }
  }
}

function kindOf(error: unknown): 'missing' | 'broken' | 'hopeless' {
  if (error instanceof FieldMissing) return 'missing'
  return error instanceof TypeFault ? 'hopeless' : 'broken'
}

function sayType(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value === 'bigint' || typeof value === 'number') return 'a number'
  return typeof value === 'string' ? 'text' : 'something else'
}

function unknown(
  kind: string,
  part: Part,
  answer: Extract<Answer, { readonly reason: string }>,
): HealthAssessment {
  return {
    health: 'Unknown',
    message: `"${part}" of the health rule for ${kind} cannot be evaluated: ${answer.reason}`,
    ...(answer.kind === 'hopeless' && { isFinal: true }),
  }
}

function withStatus(message: string, object: KubeObject): string {
  return [message, describeStatus(object)].filter(Boolean).join(': ')
}
