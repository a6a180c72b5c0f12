import { test } from 'tap'
import { refOf } from '../../src/domain/kube-object.ts'
import { createMask, type MaskField } from '../../src/engine/mask-secret.ts'
import { tellDeclared, tellExtra, tellMissing } from '../../src/engine/tell-drift.ts'
import { aDeployment, fields, managed, ownedBy } from '../support/objects.ts'

const ref = refOf(aDeployment())
const unmasked: MaskField = (_ref, _path, value) => value
const at = (time: string) => ({ time })
const live = managed(aDeployment({ spec: { replicas: 5, paused: true } }), [
  ownedBy('kubectl-edit', fields('f:spec f:paused'), at('2026-01-02T00:00:00Z')),
  ownedBy('kubectl', fields('f:spec f:replicas'), at('2026-01-03T00:00:00Z')),
])

test('telling drift of declared fields', async (t) => {
  await t.test('has each field with both values, and who wrote last of all', async (t) => {
    const differences = [
      { path: '/spec/replicas', before: 5, after: 3 },
      { path: '/spec/paused', before: true, after: undefined },
    ]

    t.strictSame(tellDeclared(live, ref, differences, unmasked), {
      ref,
      type: 'declared',
      fields: [
        { path: '/spec/replicas', desired: 3, live: 5 },
        { path: '/spec/paused', desired: undefined, live: true },
      ],
      offender: { manager: 'kubectl', operation: 'Update', time: '2026-01-03T00:00:00Z' },
      message: '/spec/replicas, /spec/paused changed by kubectl',
      healed: false,
    })
  })

  await t.test('claims no author of a removed field', async (t) => {
    const removed = [{ path: '/spec/replicas', before: undefined, after: 3 }]

    t.match(tellDeclared(live, ref, removed, unmasked), {
      offender: null,
      message: '/spec/replicas changed by someone unknown; Kubernetes records no author',
    })
  })

  await t.test('puts an author without a time after one with', async (t) => {
    const { time: _time, ...timeless } = ownedBy('helm', fields('f:spec f:replicas'))
    const someone = ownedBy('kubectl-edit', fields('f:spec f:paused'))
    const differences = [
      { path: '/spec/replicas', before: 5, after: 3 },
      { path: '/spec/paused', before: true, after: false },
    ]

    const { offender } = tellDeclared(
      managed(live, [timeless, someone]),
      ref,
      differences,
      unmasked,
    )

    t.equal(offender?.manager, 'kubectl-edit')
  })
})

test('telling extra fields', async (t) => {
  const extra = (pointer: string, time?: string) => {
    const { time: _time, ...owner } = ownedBy(`owner of ${pointer}`, {})
    return { pointer, value: 'x', owner: time === undefined ? owner : { ...owner, time } }
  }

  await t.test('has each field as Git wants it, gone, and its newest owner', async (t) => {
    const extras = [extra('/a'), extra('/b', '2026-01-02T00:00:00Z'), extra('/c')]

    t.strictSame(tellExtra(ref, extras, unmasked), {
      ref,
      type: 'extra',
      fields: [
        { path: '/a', desired: undefined, live: 'x' },
        { path: '/b', desired: undefined, live: 'x' },
        { path: '/c', desired: undefined, live: 'x' },
      ],
      offender: { manager: 'owner of /b', operation: 'Update', time: '2026-01-02T00:00:00Z' },
      message: '/a, /b, /c added by owner of /b',
      healed: false,
    })
  })

  await t.test('of none has no author', async (t) => {
    t.match(tellExtra(ref, [], unmasked), { offender: null, message: ' added by someone unknown' })
  })
})

test('E5: drift of a Secret shows marks and never a value', async (t) => {
  const secret = { ...ref, group: '', kind: 'Secret' }
  const mask = createMask(Buffer.alloc(32, 1))
  const extras = [{ pointer: '/data/b', value: 'canary', owner: {} }]
  const differences = [{ path: '/data/a', before: 'canary', after: 'c4n4ry' }]

  const told = JSON.stringify([
    tellDeclared(live, secret, differences, mask),
    tellExtra(secret, extras, mask),
  ])

  t.notMatch(told, 'canary')
  t.notMatch(told, 'c4n4ry')
  t.match(told, '«secret ')
})

test('telling a missing object', async (t) => {
  const now = '2026-01-02T00:00:00Z'

  await t.test('says between which times, and that nobody knows who', async (t) => {
    t.strictSame(tellMissing(ref, '2026-01-01T00:00:00Z', now), {
      ref,
      type: 'missing',
      fields: [],
      offender: null,
      message:
        'deleted between 2026-01-01T00:00:00Z and 2026-01-02T00:00:00Z; Kubernetes records no author',
      healed: false,
    })
  })

  await t.test('says before when it was never seen', async (t) => {
    t.match(tellMissing(ref, undefined, now).message, 'deleted before 2026-01-02T00:00:00Z;')
  })
})
