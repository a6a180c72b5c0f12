import type { Health, HealthAssessment } from '../../domain/health.ts'

interface Assessed {
  readonly assessment: HealthAssessment
}

const failed: readonly Health[] = ['Degraded', 'Missing']

/** Nothing is left to wait for, unless it changes. */
export function isDone({ assessment: { health } }: Assessed): boolean {
  return health === 'Healthy' || health === 'Suspended'
}

/** Waiting longer would not help. */
export function hasFailed({ assessment: { health, isFinal = false } }: Assessed): boolean {
  return failed.includes(health) || isFinal
}
