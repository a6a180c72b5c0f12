import type { Paused } from './application-record.ts'
import type { AllowedStatus, ApplicationStatus, DriftStatus } from './application-status.ts'
import type { Phase } from './sync.ts'
import type { TouchedPod } from './touched-pod.ts'

/** An application as the API and `landfall status -o json` show it. */
export interface ApplicationView
  extends Omit<ApplicationStatus, 'phase' | 'allowed' | 'syncId' | 'observedAt'> {
  /** Undefined, as what follows: it was not synced yet. */
  readonly phase: Phase | undefined
  readonly allowed: readonly AllowedStatus[]
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
  /** Pods of it in which somebody opened a shell. */
  readonly touched: readonly TouchedPod[]
}

export function viewApplication(
  name: string,
  { status, paused, retryAt, touched }: Known,
): ApplicationView {
  const seen = status ?? unseen(name)
  return {
    ...seen,
    drift: [...seen.drift, ...touched.map(toDrift)],
    allowed: status?.allowed ?? [],
    paused,
    retryAt: retryAt === undefined ? undefined : new Date(retryAt).toISOString(),
  }
}

function toDrift(pod: TouchedPod): DriftStatus {
  const { namespace, name, user, groups, verb, container, at, witnessed } = pod
  const where = container === undefined ? '' : ` in container ${container}`
  const others = witnessed.length > 1 ? `, and ${witnessed.length - 1} times more` : ''
  const id = witnessed[0]
  return {
    kind: 'Pod',
    namespace,
    name,
    type: 'touched',
    fields: [],
    offender: {
      manager: 'unknown',
      operation: 'Connect',
      time: at,
      user,
      groups,
      ...(id !== undefined && { witnessed: id }),
    },
    message: `touched by ${user} (${verb}${where}) at ${at}${others}`,
    healed: false,
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
