import type { Logger } from 'pino'
import type { Application } from '../src/domain/application.ts'
import type { Clock } from '../src/domain/clock.ts'
import type { SyncOutcome } from '../src/domain/sync-request.ts'
import { endRecords } from '../src/engine/end-records.ts'
import type { DeclaredObjects } from '../src/queue/declared-objects.ts'
import type { WitnessRecords } from '../src/queue/witness-records.ts'

const tellAgainMs = 10 * 60_000

interface NotesDeps {
  readonly records: Pick<WitnessRecords, 'open' | 'heal'>
  readonly declared: Pick<DeclaredObjects, 'write'>
  readonly clock: Clock
  readonly logger: Logger
}

/** What a worker tells the witness of a cluster: where Git has what, and what is over. */
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

  async function tellEnds({ name }: Application, outcome: SyncOutcome): Promise<void> {
    const { record, right = [] } = outcome
    if (right.length === 0 && record.drift.length === 0) return
    const { undone, overtaken } = endRecords(await records.open(name), outcome)
    const heal = { sync: record.id, at: record.finishedAt ?? record.startedAt }
    if (undone.length > 0) await records.heal(undone, heal)
    if (overtaken.length > 0) await records.heal(overtaken, { ...heal, overtaken: true })
  }

  return {
    async ended(application, outcome) {
      try {
        await tellDeclared(application, outcome)
        await tellEnds(application, outcome)
      } catch (error) {
        logger.debug({ application: application.name, err: error }, 'not told to the witness')
      }
    },
  }
}
