import type { HealthAssessment } from '../../domain/health.ts'
import type { KubeObject } from '../../domain/kube-object.ts'
import { progressing } from './assessment.ts'
import { type Condition, findCondition } from './condition.ts'
import { readNumber } from './read-field.ts'

/** Progressing while what is seen is older than what was applied; undefined: it is up to date. */
export function assessObserved(
  object: KubeObject,
  minGeneration: number | undefined,
): HealthAssessment | undefined {
  const generation = readNumber(object, 'metadata', 'generation')
  if (generation === undefined) return undefined
  if (generation < (minGeneration ?? 0)) {
    return progressing(`generation ${minGeneration} is not seen yet`)
  }
  const observed = readNumber(object, 'status', 'observedGeneration')
  if (observed === undefined || observed >= generation) return undefined
  return progressing(`its controller has not seen generation ${generation} yet`)
}

/** For kinds whose controller always writes `observedGeneration`: without it there is no status yet. */
export function isUnobserved(object: KubeObject): boolean {
  return (
    readNumber(object, 'metadata', 'generation') !== undefined &&
    readNumber(object, 'status', 'observedGeneration') === undefined
  )
}

export const unobserved: HealthAssessment = progressing('its controller has not seen it yet')

/**
 * Whether the condition is left over from what the apply replaced. Going back to an older
 * ReplicaSet, the Deployment controller observes the new generation while the failure of the other
 * rollout still stands: a rollback must not fail on what it undoes.
 */
export function stoodBefore(condition: Condition, applied: KubeObject | undefined): boolean {
  if (applied === undefined || assessObserved(applied, undefined) === undefined) return false
  const before = findCondition(applied, condition.type)
  return (
    before?.status === condition.status &&
    before.reason === condition.reason &&
    before.since === condition.since
  )
}
