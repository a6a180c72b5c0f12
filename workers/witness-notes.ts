import type { Logger } from 'pino'
import type { Application } from '../src/domain/application.ts'
import type { Clock } from '../src/domain/clock.ts'
import type { SyncOutcome } from '../src/domain/sync-request.ts'
import { hasCaused } from '../src/engine/name-offenders.ts'
import type { DeclaredObjects } from '../src/queue/declared-objects.ts'
import type { WitnessRecords } from '../src/queue/witness-records.ts'

/** Newest records that one look takes: more edits than that are not told apart. */
export const recentRecords = 50

const tellAgainMs = 10 * 60_000

interface NotesDeps {
  readonly records: Pick<WitnessRecords, 'recent' | 'heal'>
  readonly declared: Pick<DeclaredObjects, 'write'>
  readonly clock: Clock
  readonly logger: Logger
}

/** What a worker tells the witness of a cluster: where Git has what, and what was undone. */
export interface WitnessNotes {
  /** Never throws: nothing but names is lost. */
  ended(application: Application, outcome: SyncOutcome): Promise<void>
}

export function createWitnessNotes({ records, declared, clock, logger }: NotesDeps): WitnessNotes {
  const told = new Map<string, { readonly revision: string; readonly at: number }>()

  async function tellDeclared({ name }: Application, outcome: SyncOutcome): Promise<void> {
    const { revision } = outcome.record
    if (outcome.declared === undefined || revision === undefined) return
    const last = told.get(name)
    // Redis may have lost it.
    if (last?.revision === revision && clock.now() - last.at < tellAgainMs) return
    await declared.write(name, outcome.declared)
    told.set(name, { revision, at: clock.now() })
  }

  async function tellHeals({ name }: Application, { record }: SyncOutcome): Promise<void> {
    const healed = record.drift.filter((drift) => drift.healed)
    if (!healed.some(({ offender }) => offender?.witnessed !== undefined)) return
    const recent = await records.recent(name, recentRecords)
    // Those before the one that was undone last: of two clocks only one is asked.
    const undone = healed.flatMap((drift) => {
      const last = recent.find(({ id }) => id === drift.offender?.witnessed)
      if (last === undefined) return []
      const earlier = recent.filter(
        (one) => one.at <= last.at && hasCaused(one, { ...drift, offender: null }),
      )
      return [last, ...earlier].map(({ id }) => id)
    })
    await records.heal([...new Set(undone)], {
      sync: record.id,
      at: record.finishedAt ?? record.startedAt,
    })
  }

  return {
    async ended(application, outcome) {
      try {
        await tellDeclared(application, outcome)
        await tellHeals(application, outcome)
      } catch (error) {
        logger.debug({ application: application.name, err: error }, 'not told to the witness')
      }
    },
  }
}
