import type { KubeObject } from '../../domain/kube-object.ts'
import { readNumber, readRecords, readText, readTime } from './read-field.ts'

export interface Condition {
  readonly type: string
  readonly status: string
  readonly reason: string | undefined
  readonly message: string | undefined
  /** When the status last changed, ms since the epoch. */
  readonly since: number | undefined
}

/** The condition, unless it says itself that it was observed on an older generation. */
export function findCondition(object: KubeObject, type: string): Condition | undefined {
  const generation = readNumber(object, 'metadata', 'generation') ?? 0
  const found = readRecords(object, 'status', 'conditions').find(
    (condition) =>
      condition['type'] === type &&
      (readNumber(condition, 'observedGeneration') ?? generation) >= generation,
  )
  return (
    found && {
      type,
      status: readText(found, 'status') ?? 'Unknown',
      reason: readText(found, 'reason'),
      message: readText(found, 'message'),
      since: readTime(found, 'lastTransitionTime'),
    }
  )
}

export function hasCondition(object: KubeObject, type: string, status: string): boolean {
  return findCondition(object, type)?.status === status
}

/** `Ready is False: InvalidSpec: no such class`. */
export function describeCondition(condition: Condition): string {
  return [`${condition.type} is ${condition.status}`, condition.reason, condition.message]
    .filter((part) => part !== undefined)
    .join(': ')
}
