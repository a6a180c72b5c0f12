import type { Paused } from './application-record.ts'
import type { ApplicationStatus } from './application-status.ts'
import type { Phase } from './sync.ts'

/** An application as the API and `landfall status -o json` show it. */
export interface ApplicationView
  extends Omit<ApplicationStatus, 'phase' | 'syncId' | 'observedAt'> {
  /** Undefined, as what follows: it was not synced yet. */
  readonly phase: Phase | undefined
  readonly syncId: string | undefined
  readonly observedAt: string | undefined
  readonly paused: Paused | undefined
  /** ISO 8601; undefined: no retry waits. */
  readonly retryAt: string | undefined
}

interface Known {
  readonly status: ApplicationStatus | undefined
  readonly paused: Paused | undefined
  /** ms since epoch. */
  readonly retryAt: number | undefined
}

export function viewApplication(name: string, { status, paused, retryAt }: Known): ApplicationView {
  const seen = status ?? unseen(name)
  return {
    ...seen,
    paused,
    retryAt: retryAt === undefined ? undefined : new Date(retryAt).toISOString(),
  }
}

function unseen(name: string) {
  return {
    name,
    syncStatus: 'Unknown',
    health: 'Unknown',
    revision: undefined,
    phase: undefined,
    message: 'no sync yet',
    failure: undefined,
    objects: [],
    drift: [],
    warnings: [],
    syncId: undefined,
    observedAt: undefined,
  } as const
}
