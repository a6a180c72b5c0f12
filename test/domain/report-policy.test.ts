import { test } from 'tap'
import type { Trigger } from '../../src/domain/application.ts'
import type { ErrorCode } from '../../src/domain/error.ts'
import { errorTable } from '../../src/domain/error.ts'
import {
  finalStatus,
  isFinal,
  pausedStatus,
  pendingStatus,
  supersededStatus,
} from '../../src/domain/report-policy.ts'
import type { SyncFailure, SyncRecord } from '../../src/domain/sync.ts'
import type { SyncOutcome } from '../../src/domain/sync-request.ts'
import { aSyncRecord } from '../support/a-sync-record.ts'
import { anApplication } from '../support/an-application.ts'

const application = anApplication()
const context = { application, publicUrl: 'https://landfall.example' }
const record = aSyncRecord()
const sha = record.revision ?? ''

function reporting(statuses: 'changed' | 'always' | 'never') {
  return { application: anApplication({ report: { statuses } }), publicUrl: undefined }
}

function anOutcome(
  changes: Partial<SyncRecord>,
  { touched = true, retry }: Partial<Pick<SyncOutcome, 'touched' | 'retry'>> = {},
): SyncOutcome {
  const record = aSyncRecord(changes)
  return {
    record,
    touched,
    quiet: false,
    retry,
    failedRevision: undefined,
    heldBack: undefined,
    status: {
      name: record.application,
      syncStatus: 'Synced',
      health: record.health,
      revision: record.revision,
      phase: record.phase,
      message: record.message,
      failure: undefined,
      objects: [],
      drift: [],
      warnings: [],
      syncId: record.id,
      observedAt: record.startedAt,
    },
  }
}

function failing(code: ErrorCode): Partial<SyncRecord> {
  const failure: SyncFailure = { code, stage: errorTable[code].stage, text: 'why', subjects: [] }
  return { phase: 'Failed', message: 'why', failure }
}

test('the status of a commit whose sync begins', async (t) => {
  await t.test('is pending, under the context of the application, with a link', async (t) => {
    t.strictSame(pendingStatus(context, { record, touched: true }), {
      sha,
      ref: 'refs/heads/main',
      context: 'landfall/task-agent',
      state: 'pending',
      description: 'syncing',
      targetUrl: `https://landfall.example/syncs/${record.id}`,
    })
  })

  await t.test('has no link when Landfall has no public address', async (t) => {
    const status = pendingStatus({ application, publicUrl: undefined }, { record, touched: true })

    t.equal(status?.targetUrl, undefined)
    t.equal(status?.state, 'pending')
  })

  await t.test('is not told of an application without a forge, nor without a commit', async (t) => {
    const polled = { ...context, application: anApplication({ forge: undefined }) }
    const unknown = aSyncRecord({ revision: undefined })

    t.equal(pendingStatus(polled, { record, touched: true }), undefined)
    t.equal(pendingStatus(context, { record: unknown, touched: true }), undefined)
  })

  await t.test('is told as the application wants it', async (t) => {
    const told = (
      statuses: 'changed' | 'always' | 'never',
      touched: boolean,
      trigger: Trigger = 'push',
    ) => {
      const record = aSyncRecord({ trigger })
      return pendingStatus(reporting(statuses), { record, touched }) !== undefined
    }

    t.notOk(told('never', true))
    t.ok(told('changed', true))
    t.notOk(told('changed', false))
    t.ok(told('always', false))
    t.ok(told('always', true, 'sweep'))
    t.notOk(told('always', false, 'sweep'))
  })
})

test('the status of a commit whose sync ended', async (t) => {
  await t.test('is success with what was done', async (t) => {
    t.match(finalStatus(context, anOutcome({}), 0), {
      sha,
      state: 'success',
      description: '1 configured, healthy in 1.3 s',
    })
  })

  await t.test('of a sync that was superseded waits for the commit that did so', async (t) => {
    t.equal(finalStatus(context, anOutcome({ phase: 'Superseded' }), 0), undefined)
    t.equal(finalStatus(context, anOutcome({ phase: 'Running' }), 0), undefined)
  })

  await t.test('is not told of a commit that does not change the application', async (t) => {
    t.equal(finalStatus(context, anOutcome({}, { touched: false }), 0), undefined)
  })

  await t.test('R12: stays pending for five retries, then is an error', async (t) => {
    const outcome = anOutcome(failing('CLUSTER_UNREACHABLE'), { retry: { kind: 'backoff' } })

    t.match(finalStatus(context, outcome, 4), {
      state: 'pending',
      description: 'trying again: why',
    })
    t.match(finalStatus(context, outcome, 5), { state: 'error', description: 'why' })
  })

  await t.test(
    'is failure where the commit is at fault, error where something else is',
    async (t) => {
      const stateOf = (code: ErrorCode) => finalStatus(context, anOutcome(failing(code)), 0)?.state
      const commit: ErrorCode[] = [
        'RENDER_FAILED',
        'PLAN_REJECTED',
        'PLAN_NOT_ALLOWED',
        'PRUNE_REFUSED',
        'HEALTH_DEGRADED',
        'OBJECT_INVALID',
        'ADMISSION_DENIED',
        'OBJECT_IMMUTABLE',
        'PRE_SYNC_FAILED',
        'POST_SYNC_FAILED',
        'SOURCE_PATH_GONE',
        'SOURCE_NOT_FAST_FORWARD',
      ]
      const other: ErrorCode[] = [
        'CLUSTER_FORBIDDEN',
        'SOURCE_DENIED',
        'INVENTORY_UNREADABLE',
        'SYNC_TIMEOUT',
        'INTERNAL',
      ]

      for (const code of commit) t.equal(stateOf(code), 'failure', code)
      for (const code of other) t.equal(stateOf(code), 'error', code)
    },
  )
})

test('the status of a superseded commit keeps its place and names the newer one', async (t) => {
  const pending = pendingStatus(context, { record, touched: true })
  if (pending === undefined) throw new Error('a push is reported')

  t.strictSame(supersededStatus(pending, 'fedcba9'.padEnd(40, '0')), {
    ...pending,
    state: 'superseded',
    description: 'superseded by fedcba9',
  })
})

test('the status of a paused commit', async (t) => {
  const paused = { by: 'ada', at: '2026-01-01T00:00:00Z' }

  await t.test('is pending and says who paused and how it goes on', async (t) => {
    t.strictSame(pausedStatus(application, { sha, touched: true }, paused), {
      sha,
      ref: 'refs/heads/main',
      context: 'landfall/task-agent',
      state: 'pending',
      description: 'paused by ada; deploys after: landfall resume task-agent',
      targetUrl: undefined,
    })
  })

  await t.test('is told as the application wants it', async (t) => {
    const told = (statuses: 'changed' | 'always' | 'never', touched: boolean) =>
      pausedStatus(reporting(statuses).application, { sha, touched }, paused) !== undefined

    t.notOk(told('never', true))
    t.notOk(told('changed', false))
    t.ok(told('changed', true))
    t.ok(told('always', false))
  })
})

test('every state but pending is final', async (t) => {
  t.notOk(isFinal('pending'))
  for (const state of ['success', 'failure', 'error', 'superseded'] as const) {
    t.ok(isFinal(state), state)
  }
})
