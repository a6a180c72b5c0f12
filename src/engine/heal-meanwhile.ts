import { StageError } from '../domain/error.ts'
import { refKey } from '../domain/kube-object.ts'
import { nameOffenders, type ReadWitnessed } from './name-offenders.ts'
import { type Reconciled, type ReconcileInput, reconcile } from './reconcile.ts'
import type { Run } from './sync-run.ts'
import type { Target } from './target.ts'

interface Meanwhile {
  readonly run: Run
  readonly target: Target
  readonly input: ReconcileInput
  readonly witnessed: ReadWitnessed | undefined
}

/**
 * Heals what has drifted beside a rollout that is waited for. The drift stays wanted: what fails here
 * is left to the sync after this one.
 */
export async function healMeanwhile(
  { run, target, input, witnessed }: Meanwhile,
  before: Reconciled,
): Promise<Reconciled> {
  const { journal, request, application } = run
  const { changes, drift } = journal
  const { entries } = run.inventory
  try {
    const suspects = await request.drifted()
    const healed = await reconcile(
      target,
      {
        ...input,
        inventory: run.inventory,
        look: 'metadata',
        suspects: suspects && new Set(suspects),
        isHealOnly: true,
        isAsked: false,
        onPlan: async () => {},
      },
      journal,
    )
    run.inventory = healed.inventory
    const found = await nameOffenders(witnessed, journal.drift, {
      application: application.name,
      entries,
    })
    const keys = new Set(found.map(({ ref }) => refKey(ref)))
    const settled = drift.filter(({ ref, healed }) => healed || !keys.has(refKey(ref)))
    journal.drift = [...settled, ...found]
    return {
      ...before,
      inventory: healed.inventory,
      live: new Map([...before.live, ...healed.live]),
    }
  } catch (error) {
    if (!(error instanceof StageError) || error.code === 'FENCE_LOST') throw error
    journal.drift = drift
    return before
  } finally {
    journal.changes = changes
  }
}
