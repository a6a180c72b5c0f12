import type { Application } from '../../src/domain/application.ts'
import type { SyncRecord } from '../../src/domain/sync.ts'
import type { SyncFunction, SyncOutcome, SyncRequest } from '../../src/domain/sync-request.ts'

/** A sync that has begun and ends when the test says how. */
export interface StartedSync {
  readonly application: Application
  readonly request: SyncRequest
  end(outcome?: Partial<SyncOutcome>): void
  fail(error: Error): void
}

export interface ScriptedSync {
  readonly sync: SyncFunction
  /** How many have begun. */
  begun(): number
  /** The next one that begins, or has begun and was not asked for yet. */
  next(): Promise<StartedSync>
}

export function scriptedSync(): ScriptedSync {
  const started: StartedSync[] = []
  const waiting: ((sync: StartedSync) => void)[] = []
  let count = 0
  return {
    sync: (application, request) => {
      const { promise, resolve, reject } = Promise.withResolvers<SyncOutcome>()
      const begun: StartedSync = {
        application,
        request,
        end: (outcome = {}) => resolve({ ...anOutcome(application, request), ...outcome }),
        fail: reject,
      }
      count += 1
      const taker = waiting.shift()
      if (taker === undefined) started.push(begun)
      else taker(begun)
      return promise
    },
    begun: () => count,
    next() {
      const begun = started.shift()
      if (begun !== undefined) return Promise.resolve(begun)
      const { promise, resolve } = Promise.withResolvers<StartedSync>()
      waiting.push(resolve)
      return promise
    },
  }
}

const someSha = 'abc1234'.padEnd(40, '0')

export function aRunningRecord(
  { name }: Pick<Application, 'name'>,
  { id, trigger }: Pick<SyncRequest, 'id' | 'trigger'>,
): SyncRecord {
  return {
    id,
    application: name,
    trigger,
    phase: 'Running',
    message: 'syncing',
    revision: someSha,
    author: 'Mona',
    subject: 'scale to three',
    committedAt: '2026-01-01T00:00:00Z',
    startedAt: new Date().toISOString(),
    finishedAt: undefined,
    stages: {},
    counts: {},
    changes: [],
    drift: [],
    health: 'Unknown',
    failure: undefined,
    warnings: [],
  }
}

/** A sync of `someSha` that came through and changed something. */
export function anOutcome(
  application: Pick<Application, 'name'>,
  request: Pick<SyncRequest, 'id' | 'trigger'>,
  changes: Partial<SyncRecord> = {},
): SyncOutcome {
  const record: SyncRecord = {
    ...aRunningRecord(application, request),
    phase: 'Succeeded',
    message: '1 configured, healthy in 1.3 s',
    finishedAt: new Date().toISOString(),
    stages: { apply: 300, health: 1_000 },
    health: 'Healthy',
    ...changes,
  }
  return {
    record,
    touched: true,
    quiet: false,
    status: {
      name: application.name,
      syncStatus: record.phase === 'Succeeded' ? 'Synced' : 'OutOfSync',
      health: record.health,
      revision: record.revision,
      phase: record.phase,
      message: record.message,
      failure: record.failure,
      objects: [
        {
          kind: 'Service',
          namespace: 'default',
          name: 'web',
          health: 'Healthy',
          action: 'configured',
          message: '',
        },
      ],
      drift: [],
      warnings: [],
      syncId: record.id,
      observedAt: record.finishedAt ?? record.startedAt,
    },
    retry: undefined,
    failedRevision: undefined,
    heldBack: undefined,
  }
}
