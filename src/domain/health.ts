export type Health = 'Healthy' | 'Progressing' | 'Degraded' | 'Suspended' | 'Missing' | 'Unknown'

export interface HealthAssessment {
  readonly health: Health
  /** What a person needs next; '' when healthy. */
  readonly message: string
  /**
   * For Progressing: time (ms since epoch) at which the same observation becomes Degraded,
   * so that a waiter can look again without polling.
   */
  readonly degradesAt?: number
  /** For Progressing: time (ms since epoch) at which the same observation counts as Healthy. */
  readonly settlesAt?: number
  /** For Unknown: it stays so, whatever becomes of the object. */
  readonly isFinal?: boolean
  /** Whose failure it is, where a container's log may say more. */
  readonly container?: FailedContainer
  /** uid of a pod whose status does not say what it waits for; Events may. */
  readonly stuckPod?: string
}

/** A container that ran and ended in an error. */
export interface FailedContainer {
  readonly namespace: string
  readonly pod: string
  readonly container: string
  /** It runs again: the failure is in the log of the run before. */
  readonly isPrevious: boolean
}

// Best to worst, as Argo CD orders them: the worst one is the application's.
const order: readonly Health[] = [
  'Healthy',
  'Suspended',
  'Progressing',
  'Missing',
  'Degraded',
  'Unknown',
]

export function worstHealth(healths: Iterable<Health>): Health {
  let worst = 0
  for (const health of healths) worst = Math.max(worst, order.indexOf(health))
  return order[worst] ?? 'Unknown'
}
