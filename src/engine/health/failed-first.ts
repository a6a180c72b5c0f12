import type { HealthAssessment } from '../../domain/health.ts'
import { hasFailed } from './is-done.ts'

/** What has failed, then the others, each in their order: little is asked, and it is for the culprits. */
export function failedFirst<T extends { readonly assessment: HealthAssessment }>(
  objects: readonly T[],
): T[] {
  return objects.toSorted((a, b) => Number(hasFailed(b)) - Number(hasFailed(a)))
}
