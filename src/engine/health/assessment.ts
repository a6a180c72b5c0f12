import type { HealthAssessment } from '../../domain/health.ts'

export const healthy: HealthAssessment = { health: 'Healthy', message: '' }

export function progressing(message: string): HealthAssessment {
  return { health: 'Progressing', message }
}

export function degraded(message: string): HealthAssessment {
  return { health: 'Degraded', message }
}

export function suspended(message: string): HealthAssessment {
  return { health: 'Suspended', message }
}

/** Progressing until `degradesAt`, Degraded from then on; undefined: it always was. */
export function degradedFrom(
  degradesAt: number | undefined,
  now: number,
  message: string,
): HealthAssessment {
  if (degradesAt === undefined || now >= degradesAt) return degraded(message)
  return { health: 'Progressing', message, degradesAt }
}

/** The one that tells most: a failure, else what will fail first, else the first not healthy. */
export function pickTelling(
  assessments: readonly HealthAssessment[],
): HealthAssessment | undefined {
  const troubled = assessments.filter((item) => item.health !== 'Healthy')
  const failed = troubled.find((item) => item.health === 'Degraded')
  if (failed !== undefined) return failed
  const failing = troubled
    .filter((item) => item.degradesAt !== undefined)
    .sort((a, b) => (a.degradesAt ?? 0) - (b.degradesAt ?? 0))
  return failing[0] ?? troubled[0]
}

export function prefixed(prefix: string, assessment: HealthAssessment): HealthAssessment {
  return { ...assessment, message: `${prefix}: ${assessment.message}` }
}
