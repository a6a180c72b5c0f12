import { test } from 'tap'
import type { ObjectStatus } from '../../src/domain/application-status.ts'
import type { Change } from '../../src/domain/change.ts'
import type { Drift } from '../../src/domain/drift.ts'
import { StageError } from '../../src/domain/error.ts'
import { emptyInventory, type Inventory } from '../../src/domain/inventory.ts'
import { refOf } from '../../src/domain/kube-object.ts'
import { parseCommitSha, type Revision } from '../../src/domain/revision.ts'
import type { SyncRequest } from '../../src/domain/sync-request.ts'
import type { ChosenRevision } from '../../src/engine/choose-revision.ts'
import type { Settled } from '../../src/engine/settle.ts'
import { createJournal } from '../../src/engine/sync-journal.ts'
import { concludeFailure, concludeSync } from '../../src/engine/sync-outcome.ts'
import { createRun, type Run } from '../../src/engine/sync-run.ts'
import type { Target } from '../../src/engine/target.ts'
import { aSyncRecord } from '../support/a-sync-record.ts'
import { aSyncRequest } from '../support/a-sync-request.ts'
import { anApplication } from '../support/an-application.ts'
import { aConfigMap } from '../support/objects.ts'

const ref = refOf(aConfigMap('a'))
const invalid = new StageError('OBJECT_INVALID', 'ConfigMap shop/a: no')
const unreachable = new StageError('CLUSTER_UNREACHABLE', 'no answer')
const degraded = new StageError('HEALTH_DEGRADED', 'Deployment shop/web: crashes')
const heldBack = new StageError('SOURCE_REFUSED', 'def5678 failed before')

function aRevision(digit: string): Revision {
  const sha = parseCommitSha(digit.repeat(40))
  if (sha === undefined) throw new Error(`${digit} is no hex digit`)
  const told = { author: 'Ada', subject: 'one', committedAt: '2025-12-31T00:00:00Z' }
  return { sha, rootTree: 'b'.repeat(40), allowsPrune: false, ...told }
}

const revision = aRevision('a')

function aDrift(healed: boolean, message = 'deleted'): Drift {
  return { ref, type: 'missing', fields: [], offender: null, message, healed }
}

function aChange(action: Change['action']): Change {
  return { ref, action, message: '', origin: undefined }
}

function anObject(name = 'a'): ObjectStatus {
  const { kind, namespace } = ref
  return { kind, namespace, name, health: 'Healthy', action: 'unchanged', message: '' }
}

interface Setting {
  readonly request?: Partial<SyncRequest>
  readonly chosen?: Partial<ChosenRevision>
  readonly inventory?: Partial<Inventory>
  readonly changes?: readonly Change[]
  readonly drift?: readonly Drift[]
  readonly policy?: 'heal' | 'report'
}

function aRun(setting: Setting = {}): Run {
  const { request, chosen, inventory, changes = [], drift = [], policy = 'heal' } = setting
  const { sync } = anApplication()
  const journal = createJournal({
    id: 'x',
    application: 'web',
    trigger: request?.trigger ?? 'push',
    clock: { now: () => Date.UTC(2026, 0, 1) },
    redact: (text) => text,
  })
  const run = createRun({
    application: anApplication({ name: 'web', sync: { ...sync, drift: policy } }),
    request: aSyncRequest(request),
    target: {} as Target, // A conclusion asks no cluster.
    journal,
    redactor: { redact: (text) => text, learn() {} },
    memories: new Map(),
  })
  journal.revision = revision
  journal.changes = changes
  journal.drift = drift
  run.inventory = { ...emptyInventory, revision: 'c'.repeat(40), ...inventory }
  run.chosen = { revision, heldBack: undefined, isStale: false, refused: undefined, ...chosen }
  return run
}

/** `failure`: what was left undone, whatever the health. */
function conclude(run: Run, ended: Partial<Settled> = {}, failure?: StageError) {
  const healthy = {
    health: 'Healthy',
    objects: [],
    failure: undefined,
    isSuperseded: false,
  } as const
  const written = { inventory: run.inventory, live: new Map(), failure, wrote: true }
  const none = { hooks: undefined, right: [], takenFrom: [] }
  const reconciled = { ...written, ...none, isSuperseded: false }
  return concludeSync(run, { desired: [], reconciled, settled: { ...healthy, ...ended } })
}

function failing(run: Run, failure: StageError) {
  return conclude(run, { failure: degraded }, failure)
}

test('a sync that came through', async (t) => {
  await t.test('has succeeded, and the cluster is at its commit', async (t) => {
    const outcome = conclude(aRun({ changes: [aChange('created')] }))

    t.match(outcome, {
      record: { phase: 'Succeeded', message: '1 created, healthy in 0.0 s', health: 'Healthy' },
      status: { name: 'web', syncStatus: 'Synced', revision: revision.sha, syncId: 'x' },
      touched: false,
    })
    t.equal(outcome.retry, undefined)
    t.equal(outcome.failedRevision, undefined)
    t.equal(outcome.status.observedAt, '2026-01-01T00:00:00.000Z')
  })

  await t.test('shows and remembers each object, and nothing that it decrypted', async (t) => {
    const redactor = { redact: (text: string) => text.replace('s3cret', '***'), learn() {} }
    const run = { ...aRun({ changes: [aChange('configured')] }), redactor }
    const objects = [anObject('a'), { ...anObject('b'), message: 's3cret' }]

    const { status } = conclude(run, { objects })

    const told = [anObject('a'), { ...anObject('b'), message: '***' }]
    t.strictSame(status.objects, [{ ...anObject('a'), action: 'configured' }, told[1]])
    t.strictSame(run.memory.objects, told)
  })

  await t.test('shows drift with the name of its object spelled out', async (t) => {
    const { status } = conclude(aRun({ drift: [aDrift(true)] }))

    t.strictSame(status.drift, [
      {
        kind: 'ConfigMap',
        namespace: 'shop',
        name: 'a',
        type: 'missing',
        fields: [],
        offender: null,
        message: 'deleted',
        healed: true,
      },
    ])
  })

  await t.test('says when a newer commit came before it was healthy', async (t) => {
    t.match(conclude(aRun(), { isSuperseded: true, health: 'Progressing' }).record, {
      phase: 'Superseded',
      message: 'superseded by a newer commit',
    })
  })

  await t.test('is remembered as touched, once it said so', async (t) => {
    const run = aRun()
    await run.touch()

    t.equal(conclude(run).touched, true)
  })
})

test('a sync that failed', async (t) => {
  await t.test('for good is not tried again, and its commit is remembered', async (t) => {
    const outcome = failing(aRun(), invalid)

    t.match(outcome, {
      record: { phase: 'Failed', message: invalid.text, failure: { code: 'OBJECT_INVALID' } },
      status: { syncStatus: 'OutOfSync', revision: 'c'.repeat(40) },
      failedRevision: revision.sha,
    })
    t.equal(outcome.retry, undefined)
  })

  await t.test('in passing is tried again, and no commit is held against it', async (t) => {
    const outcome = failing(aRun(), unreachable)

    t.strictSame(outcome.retry, { kind: 'backoff' })
    t.equal(outcome.failedRevision, undefined)
  })

  await t.test('only in health is in sync, yet failed', async (t) => {
    const outcome = conclude(aRun(), { failure: degraded, health: 'Degraded' })

    t.match(outcome, {
      record: { phase: 'Failed', health: 'Degraded', failure: { code: 'HEALTH_DEGRADED' } },
      status: { syncStatus: 'Synced', revision: revision.sha },
      failedRevision: revision.sha,
    })
  })

  await t.test('before its commit was known keeps the commit that failed before', async (t) => {
    const run = aRun({ request: { failedRevision: 'f'.repeat(40) } })
    run.journal.revision = undefined
    run.chosen = undefined

    const outcome = concludeFailure(run, new StageError('SOURCE_REFUSED', 'no'))

    t.match(outcome, {
      record: { phase: 'Failed', message: 'no' },
      status: { syncStatus: 'OutOfSync', objects: { length: 0 } },
      failedRevision: 'f'.repeat(40),
    })
  })
})

test('a sync that keeps an older commit', async (t) => {
  const failedRevision = 'f'.repeat(40)
  const kept = { chosen: { heldBack }, request: { failedRevision, trigger: 'sweep' } } as const

  await t.test('says why, which one, and what was done', async (t) => {
    t.match(conclude(aRun(kept)), {
      record: {
        phase: 'Succeeded',
        message: 'def5678 failed before; keeping aaaaaaa: nothing to change, healthy in 0.0 s',
      },
      status: { syncStatus: 'OutOfSync' },
    })
  })

  await t.test(
    'still remembers the tip that failed, whatever comes of the older one',
    async (t) => {
      t.equal(conclude(aRun(kept)).failedRevision, failedRevision)
      t.equal(failing(aRun(kept), invalid).failedRevision, failedRevision)
    },
  )

  await t.test('as a drift job does, still remembers it too', async (t) => {
    const drift = { request: { failedRevision, trigger: 'drift', fetch: false } } as const

    t.equal(conclude(aRun(drift)).failedRevision, failedRevision)
  })
})

test('what a sync asks for next', async (t) => {
  await t.test('is the commit that its forge announced and does not serve yet', async (t) => {
    const delays = [0, 1, 2, 3, 4, 5].map((attempts) => {
      const run = aRun({ chosen: { isStale: true }, request: { attempts } })
      const { retry } = conclude(run)
      return retry?.kind === 'after' ? retry.ms : undefined
    })

    t.strictSame(delays, [1_000, 2_000, 4_000, 8_000, 15_000, undefined])
  })

  await t.test('is another look at drift that could not be healed yet', async (t) => {
    const { retry, status } = conclude(aRun({ drift: [aDrift(true), aDrift(false)] }))

    t.strictSame(retry, { kind: 'after', ms: 2_000 })
    t.equal(status.syncStatus, 'OutOfSync')
  })

  await t.test('is nothing where drift is only reported', async (t) => {
    const { retry, status } = conclude(aRun({ drift: [aDrift(false)], policy: 'report' }))

    t.equal(retry, undefined)
    t.equal(status.syncStatus, 'OutOfSync')
  })
})

test('a sync is quiet', async (t) => {
  const quiet = (setting: Setting = {}) =>
    conclude(aRun({ request: { trigger: 'sweep' }, ...setting })).quiet
  const last = (record: Parameters<typeof aSyncRecord>[0]) => ({ history: [aSyncRecord(record)] })

  await t.test('when nothing changed and nobody asked for it', async (t) => {
    t.ok(quiet())
    t.ok(quiet({ changes: [aChange('unchanged'), aChange('skipped')] }))
    t.notOk(quiet({ changes: [aChange('configured')] }))
    t.notOk(quiet({ request: { trigger: 'manual' } }))
  })

  await t.test('unless its commit changes the application', async (t) => {
    const run = aRun({ request: { trigger: 'sweep' } })
    await run.touch()

    t.notOk(conclude(run).quiet)
  })

  await t.test('when all drift was in the last record already and is only reported', async (t) => {
    const known = last({ drift: [aDrift(false)] })
    const policy = 'report'

    t.ok(quiet({ drift: [aDrift(false)], inventory: known, policy }))
    t.notOk(quiet({ drift: [aDrift(false, 'scaled')], inventory: known, policy }))
    t.notOk(quiet({ drift: [aDrift(true)], inventory: known }))
    t.notOk(quiet({ drift: [aDrift(false)], policy }))
  })

  await t.test('when it failed as the last one did, and only then', async (t) => {
    const { code, stage, text } = unreachable
    const failure = { code, stage, text, subjects: [] }
    const isQuiet = (inventory: Partial<Inventory>) =>
      concludeFailure(aRun({ inventory, request: { trigger: 'sweep' } }), unreachable).quiet

    t.ok(isQuiet(last({ failure })))
    t.notOk(isQuiet(last({ failure: { ...failure, text: 'another reason' } })))
    t.notOk(isQuiet(last({ failure: { ...failure, code: 'CLUSTER_ERROR' } })))
    t.notOk(isQuiet(last({})))
    t.notOk(isQuiet({}))
  })
})
