import { test } from 'tap'
import type { Drift } from '../../src/domain/drift.ts'
import { StageError } from '../../src/domain/error.ts'
import { refOf } from '../../src/domain/kube-object.ts'
import type { Written } from '../../src/engine/apply-one.ts'
import type { Healing } from '../../src/engine/heal.ts'
import type { Finding } from '../../src/engine/inspect-drift.ts'
import type { Ended } from '../../src/engine/prune-objects.ts'
import { changesOf, driftOf, failureOf, keptChanges } from '../../src/engine/tell-changes.ts'
import { aConfigMap, desiredOf, entryOf } from '../support/objects.ts'

const a = desiredOf(aConfigMap('a'), 'a.yaml', 1)
const b = desiredOf(aConfigMap('b'), 'b.yaml', 2)
const c = desiredOf(aConfigMap('c'), 'c.yaml', 3)
const refused = new StageError('OBJECT_INVALID', 'ConfigMap shop/a: no')
const busy = new StageError('OBJECT_CONFLICT', 'ConfigMap shop/b: changed meanwhile')

function aWritten(overrides: Partial<Written> = {}): Written {
  return {
    desired: a,
    action: 'created',
    live: a.object,
    drift: [],
    error: undefined,
    ...overrides,
  }
}

function aDrift(message: string): Drift {
  return { ref: a.ref, type: 'missing', fields: [], offender: null, message, healed: false }
}

function aFinding(drift: Drift | undefined): Finding {
  return { desired: b, live: undefined, heal: 'apply', drift }
}

function aHealing(finding: Finding, overrides: Partial<Healing> = {}): Healing {
  return { finding, drift: [], live: b.object, error: undefined, ...overrides }
}

test('the changes of a sync', async (t) => {
  await t.test('are what was written, kept and ignored, each with its place in Git', async (t) => {
    const entry = entryOf(b.object)
    const split = {
      added: [a],
      changed: [],
      kept: [{ desired: b, entry }],
      ahead: [],
      removed: [],
      ignored: [c],
    }
    const origin = (file: string, line: number) => ({ file, line })

    const changes = changesOf(split, [aWritten({ action: 'failed', error: refused })])

    t.strictSame(changes, [
      {
        ref: a.ref,
        action: 'failed',
        message: 'ConfigMap shop/a: no',
        origin: origin('a.yaml', 1),
      },
      { ref: b.ref, action: 'unchanged', message: '', origin: origin('b.yaml', 2) },
      {
        ref: c.ref,
        action: 'skipped',
        message: 'annotated to be ignored',
        origin: origin('c.yaml', 3),
      },
    ])
    t.equal(changesOf(split, [aWritten()])[0]?.message, '')
  })

  await t.test('tell why an object stays that Git no longer has', async (t) => {
    const kept = [entryOf(a.object)]
    const messages = [
      keptChanges({ kind: 'disabled', kept }),
      keptChanges({ kind: 'refused', reason: 'too many', kept }),
      keptChanges({ kind: 'prune', entries: [], kept }),
    ].map(([change]) => change?.message)

    t.strictSame(messages.slice(0, 2), [
      'no longer in Git, but kept: sync.prune is false',
      'no longer in Git, but kept: pruning was refused',
    ])
    t.match(messages[2], 'ConfigMap shop/a is no longer in Git but kept: a ConfigMap takes other')
    t.strictSame(keptChanges({ kind: 'disabled', kept })[0]?.ref, refOf(a.object))
    t.strictSame(keptChanges({ kind: 'none' }), [])
  })
})

test('the drift of a sync is what the heals told, then what was found and not healed', async (t) => {
  const found = aFinding(aDrift('found'))
  const left = aFinding(aDrift('left'))
  const known = aFinding(undefined)

  const drift = driftOf([found, left, known], [aHealing(found, { drift: [aDrift('healed')] })])

  t.strictSame(
    drift.map(({ message }) => message),
    ['healed', 'left'],
  )
})

test('the failure of a sync', async (t) => {
  const none = { written: [aWritten()], healed: [], prune: { kind: 'none' }, pruned: [] } as const

  await t.test('is none when all was done', async (t) => {
    const healed = [aHealing(aFinding(undefined))]
    const pruned = [{ ref: a.ref, action: 'deleted', message: '', origin: undefined }] as const

    t.equal(failureOf({ ...none, healed, pruned }), undefined)
  })

  await t.test('names every object that could not be written, and retries', async (t) => {
    const error = failureOf({
      ...none,
      written: [aWritten({ error: refused }), aWritten({ desired: c })],
      healed: [aHealing(aFinding(undefined), { error: busy })],
    })

    t.match(error, {
      code: 'APPLY_INCOMPLETE',
      text: 'ConfigMap shop/a: no (and 1 more)',
      retry: { kind: 'backoff' },
      cause: refused,
    })
    t.strictSame(error?.subjects, [
      { object: 'ConfigMap shop/a', file: 'a.yaml', line: 1, message: 'ConfigMap shop/a: no' },
      {
        object: 'ConfigMap shop/b',
        file: 'b.yaml',
        line: 2,
        message: 'ConfigMap shop/b: changed meanwhile',
      },
    ])
  })

  await t.test('is final when no retry can help', async (t) => {
    const error = failureOf({ ...none, written: [aWritten({ error: refused })] })

    t.match(error, { text: 'ConfigMap shop/a: no', retry: { kind: 'never' } })
  })

  await t.test(
    'is what others waited for in vain, with those it kept from being written',
    async (t) => {
      const unhealthy = new StageError('HEALTH_DEGRADED', 'Deployment shop/db: it crashes', {
        subjects: [{ object: 'Deployment shop/db', message: 'it crashes' }],
      })
      const waits = new StageError('APPLY_INCOMPLETE', 'it waits', { retry: unhealthy.retry })
      const written = [aWritten({ action: 'skipped', live: undefined, error: waits })]

      const error = failureOf({ ...none, written, unhealthy })

      t.match(error, {
        code: 'HEALTH_DEGRADED',
        text: 'Deployment shop/db: it crashes; 1 object waits for it and was not written',
        retry: { kind: 'never' },
        subjects: [
          { object: 'Deployment shop/db' },
          { object: 'ConfigMap shop/a', message: 'it waits' },
        ],
      })
    },
  )

  await t.test('what failed by itself is told before what was skipped for it', async (t) => {
    const waits = new StageError('APPLY_INCOMPLETE', 'it waits', { retry: refused.retry })
    const written = [
      aWritten({ desired: c, action: 'skipped', live: undefined, error: waits }),
      aWritten({ action: 'failed', live: undefined, error: refused }),
    ]

    const error = failureOf({ ...none, written })

    t.match(error, { text: 'ConfigMap shop/a: no (and 1 more)', retry: { kind: 'never' } })
  })

  await t.test('is the refusal to prune', async (t) => {
    const prune = { kind: 'refused', reason: 'Git has nothing', kept: [] } as const

    t.match(failureOf({ ...none, prune }), { code: 'PRUNE_REFUSED', text: 'Git has nothing' })
  })

  await t.test('is what could not be deleted', async (t) => {
    const stuck = (name: string): Ended => ({
      ref: { ...a.ref, name },
      action: 'failed',
      message: 'a finalizer holds it',
    })

    t.match(failureOf({ ...none, pruned: [stuck('x'), stuck('y')] }), {
      code: 'PRUNE_INCOMPLETE',
      text: 'ConfigMap shop/x could not be deleted: a finalizer holds it (and 1 more)',
    })
  })
})
