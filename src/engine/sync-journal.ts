import type { AllowedDifference } from '../domain/allowed-difference.ts'
import type { Trigger } from '../domain/application.ts'
import type { Action, Change } from '../domain/change.ts'
import type { Clock } from '../domain/clock.ts'
import type { Drift } from '../domain/drift.ts'
import type { StageError } from '../domain/error.ts'
import type { Health } from '../domain/health.ts'
import type { Redact } from '../domain/redact.ts'
import { redactStrings } from '../domain/redact-strings.ts'
import type { Revision } from '../domain/revision.ts'
import type { Phase, SyncRecord, SyncStage } from '../domain/sync.ts'

/** What a sync writes down while it runs; every exit makes its record from this. */
export interface SyncJournal {
  revision: Revision | undefined
  changes: readonly Change[]
  drift: readonly Drift[]
  /** As the last look found it, until this one has. */
  allowed: readonly AllowedDifference[]
  health: Health
  readonly warnings: string[]
  /** Runs a stage and adds what it took. */
  time<T>(stage: SyncStage, run: () => Promise<T>): Promise<T>
  /** Redacted: it goes into the cluster and to everybody who may look there. */
  record(phase: Phase, message: string, failure?: StageError): SyncRecord
}

export function createJournal(options: {
  readonly id: string
  readonly application: string
  readonly trigger: Trigger
  readonly clock: Clock
  readonly redact: Redact
}): SyncJournal {
  const { clock, redact } = options
  const startedAt = new Date(clock.now()).toISOString()
  const stages: Partial<Record<SyncStage, number>> = {}
  const journal: SyncJournal = {
    revision: undefined,
    changes: [],
    drift: [],
    allowed: [],
    health: 'Unknown',
    warnings: [],
    async time(stage, run) {
      const start = clock.now()
      try {
        return await run()
      } finally {
        stages[stage] = (stages[stage] ?? 0) + clock.now() - start
      }
    },
    record(phase, message, failure) {
      const { revision, changes, drift, allowed, health, warnings } = journal
      const record: SyncRecord = {
        id: options.id,
        application: options.application,
        trigger: options.trigger,
        phase,
        message,
        revision: revision?.sha,
        author: revision?.author,
        subject: revision?.subject,
        committedAt: revision?.committedAt,
        startedAt,
        finishedAt: phase === 'Running' ? undefined : new Date(clock.now()).toISOString(),
        stages: { ...stages },
        counts: countActions(changes),
        changes: changes.filter((change) => change.action !== 'unchanged'),
        drift,
        allowed,
        health,
        failure:
          failure === undefined
            ? undefined
            : {
                code: failure.code,
                stage: failure.stage,
                text: failure.text,
                subjects: failure.subjects,
              },
        warnings: [...warnings],
      }
      return redactStrings(record, redact)
    },
  }
  return journal
}

function countActions(changes: readonly Change[]): Partial<Record<Action, number>> {
  const counts: Partial<Record<Action, number>> = {}
  for (const { action } of changes) counts[action] = (counts[action] ?? 0) + 1
  return counts
}
