import { test } from 'tap'
import type { Application } from '../../../src/domain/application.ts'
import type { FieldsV1, KubeObject } from '../../../src/domain/kube-object.ts'
import { sealOf } from '../../../src/engine/seal.ts'
import { judgeScale, judgeWrite } from '../../../src/engine/witness/judge-write.ts'
import { aRequest } from '../../support/admission-requests.ts'
import { anApplication } from '../../support/an-application.ts'
import { aDeployment, entryOf, fields, managed, ownedBy } from '../../support/objects.ts'

const replicas = fields('f:spec f:replicas')
const paused = fields('f:spec f:paused')
const both = fields('f:spec f:replicas', 'f:spec f:paused')

interface State {
  readonly spec?: Record<string, unknown>
  readonly ours?: FieldsV1 | null
  readonly theirs?: readonly [manager: string, FieldsV1]
}

/** A Deployment of which Landfall owns `ours`, and somebody else `theirs`. */
function state({ spec = { replicas: 3 }, ours = replicas, theirs }: State = {}): KubeObject {
  return managed(aDeployment({ spec }), [
    ...(ours === null ? [] : [ownedBy('landfall', ours, { operation: 'Apply' })]),
    ...(theirs === undefined ? [] : [ownedBy(theirs[0], theirs[1])]),
  ])
}

const applied = state()

function about(overrides: Partial<Application> = {}, seal = sealOf(applied) ?? '') {
  return { application: anApplication(overrides), entry: entryOf(applied, { seal }) }
}

const taken = state({ spec: { replicas: 5 }, ours: null, theirs: ['kubectl-edit', replicas] })

test('a write to an object of an application', async (t) => {
  await t.test('of a declared field undoes Git', async (t) => {
    const request = aRequest({ before: applied, after: taken, manager: 'kubectl-edit' })

    t.match(judgeWrite(request, about()), {
      isDrift: true,
      hand: 'person',
      fields: [{ path: '/spec/replicas', before: 3, after: 5 }],
    })
  })

  await t.test('of nothing but status and what the server counts is none', async (t) => {
    const after = {
      ...applied,
      metadata: { ...applied.metadata, resourceVersion: '99', generation: 7 },
      status: { replicas: 3 },
    }

    t.equal(judgeWrite(aRequest({ before: applied, after }), about()), undefined)
  })

  await t.test('that adds a field by hand undoes Git; by a controller it does not', async (t) => {
    const added = (manager: string) =>
      state({ spec: { replicas: 3, paused: true }, theirs: [manager, paused] })
    const of = (manager: string, user: string) =>
      judgeWrite(aRequest({ before: applied, after: added(manager), manager, user }), about())

    t.match(of('kubectl-edit', 'ann'), { isDrift: true, hand: 'person' })
    t.match(of('mesh', 'system:serviceaccount:ops:mesh'), { isDrift: false, hand: 'none' })
  })

  await t.test('of an ignored field is left', async (t) => {
    const request = aRequest({
      before: state({ spec: { replicas: 3, paused: true }, ours: both }),
      after: state({ spec: { replicas: 3 }, ours: replicas }),
      manager: 'kubectl-edit',
    })
    const ignore = [
      { kind: 'Deployment', group: undefined, namespace: undefined, name: '*', fields: ['/spec'] },
    ]

    t.match(judgeWrite(request, about({ ignore })), { isDrift: false, hand: 'none' })
    t.match(judgeWrite(request, about()), { isDrift: true })
  })

  await t.test('of what Git only makes, and leaves, is left', async (t) => {
    const keep = (object: KubeObject) => ({
      ...object,
      metadata: { ...object.metadata, annotations: { 'landfall.dev/sync': 'if-not-present' } },
    })
    const request = aRequest({ before: keep(applied), after: keep(taken), manager: 'kubectl-edit' })
    t.match(judgeWrite(request, about()), { isDrift: false, hand: 'none' })
  })

  await t.test('that takes our ownership away undoes Git', async (t) => {
    const before = state({ ours: both, spec: { replicas: 3, paused: true } })
    const after = state({ ours: null, spec: { replicas: 3 } })

    t.match(judgeWrite(aRequest({ before, after, manager: 'x' }), about()), { isDrift: true })
  })

  await t.test('that changes nothing but takes our ownership away undoes Git', async (t) => {
    for (const ours of [null, paused]) {
      t.match(judgeWrite(aRequest({ before: applied, after: state({ ours }) }), about()), {
        isDrift: true,
        hand: 'person',
        fields: [{ path: '/metadata/managedFields' }],
      })
    }
    const shared = state({ theirs: ['kubectl', replicas] })
    t.equal(judgeWrite(aRequest({ before: applied, after: shared }), about()), undefined)
  })
})

test('a deletion', async (t) => {
  const of = (user: string, groups: readonly string[] = []) =>
    judgeWrite(aRequest({ operation: 'DELETE', before: applied, user, groups }), about())

  await t.test('undoes Git whoever does it', async (t) => {
    for (const user of ['ann', 'system:admin']) {
      t.match(of(user), { isDrift: true, hand: 'person', fields: [] }, user)
    }
  })

  await t.test('by a service account is told, and refused to none', async (t) => {
    t.match(of('system:serviceaccount:ci:deployer'), { isDrift: true, hand: 'account' })
  })

  await t.test('by Kubernetes itself is nobody’s hand', async (t) => {
    for (const user of [
      'system:serviceaccount:kube-system:namespace-controller',
      'system:kube-controller-manager',
      'system:apiserver',
      'system:node:n1',
    ]) {
      t.match(of(user), { isDrift: true, hand: 'none' }, user)
    }
    t.match(of('n1', ['system:nodes']), { hand: 'none' })
  })

  await t.test('that was asked for before is nobody’s deed', async (t) => {
    const deletionTimestamp = '2026-01-01T00:00:30Z'
    const ending = { ...applied, metadata: { ...applied.metadata, deletionTimestamp } }
    for (const user of ['system:node:n1', 'system:kwok', 'ann']) {
      const request = aRequest({ operation: 'DELETE', before: ending, user })
      t.equal(judgeWrite(request, about()), undefined, user)
    }
  })
})

test('whose hand a write is', async (t) => {
  const of = (user: string, manager: string, managers: Application['managers'] = []) =>
    judgeWrite(aRequest({ before: applied, after: taken, user, manager }), about({ managers }))
      ?.hand
  const account = 'system:serviceaccount:ci:deployer'

  await t.test('a user’s, whatever the program', async (t) => {
    t.equal(of('ann', 'my-script'), 'person')
  })

  await t.test('a service account’s only where its program is a person’s', async (t) => {
    t.equal(of(account, 'operator'), 'none')
    t.equal(of(account, 'kubectl-set'), 'person')
  })

  await t.test('nobody’s where a component of the cluster or of its provider writes', async (t) => {
    for (const user of ['system:vpa-recommender', 'system:addon-manager', 'eks:addon-manager']) {
      t.equal(of(user, 'kubectl'), 'none', user)
    }
  })

  await t.test('a person’s for the names that begin as a component’s', async (t) => {
    const names = ['system:admin', 'system:masters', 'system:anonymous', 'system:bootstrap:abcdef']
    for (const user of names) t.equal(of(user, ''), 'person', user)
  })

  await t.test('as managedFields call a program that does not name itself', async (t) => {
    const by = (manager: string) =>
      judgeWrite(
        aRequest({
          before: applied,
          after: state({ spec: { replicas: 5 }, ours: null, theirs: [manager, replicas] }),
          user: account,
        }),
        about(),
      )?.hand

    for (const manager of ['curl', 'python-requests', 'node-fetch', 'kubectl']) {
      t.equal(by(manager), 'person', manager)
    }
    t.equal(by('operator'), 'none')
  })

  await t.test('not that of a program that only loses a field', async (t) => {
    const before = state({ spec: { replicas: 3, paused: true }, theirs: ['kubectl-edit', both] })
    const after = state({ spec: { replicas: 3 }, ours: paused, theirs: ['kubectl-edit', replicas] })
    t.match(judgeWrite(aRequest({ before, after, user: account }), about()), { hand: 'none' })
  })

  await t.test('as the application’s rules say, where one does', async (t) => {
    const rule = (manager: string, kind: 'human' | 'controller') => [
      { match: manager, class: kind, paths: [] },
    ]
    t.equal(of('ann', 'vpa-1', rule('vpa-*', 'controller')), 'none')
    t.equal(of(account, 'operator', rule('operator', 'human')), 'person')
  })
})

test('a scale', async (t) => {
  const scale = (replicas: number | undefined): KubeObject => ({
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name: 'web', namespace: 'shop' },
    spec: replicas === undefined ? {} : { replicas },
  })
  const of = (from: number | undefined, to: number | undefined, live: KubeObject | undefined) =>
    judgeScale(
      aRequest({ before: scale(from), after: scale(to), subResource: 'scale' }),
      about(),
      live,
    )

  await t.test('of declared replicas undoes Git', async (t) => {
    t.match(of(3, 5, applied), {
      isDrift: true,
      hand: 'person',
      fields: [{ path: '/spec/replicas', before: 3, after: 5 }],
    })
  })

  await t.test('to none and from none counts: the server leaves a 0 out', async (t) => {
    t.match(of(3, undefined, applied), { fields: [{ before: 3, after: 0 }] })
    t.match(of(undefined, 3, applied), { fields: [{ before: 0, after: 3 }] })
    t.equal(of(undefined, undefined, applied), undefined)
  })

  await t.test('of replicas that Git leaves to others does not', async (t) => {
    t.match(of(3, 5, state({ ours: paused })), { isDrift: false, hand: 'none' })
  })

  await t.test('that a rule leaves to kubectl is left', async (t) => {
    const managers = [{ match: 'kubectl', class: 'controller' as const, paths: ['/spec/replicas'] }]
    const request = aRequest({ before: scale(3), after: scale(5), subResource: 'scale' })
    t.match(judgeScale(request, about({ managers }), applied), { isDrift: false, hand: 'none' })
  })

  await t.test('of an object that could not be read is held against nobody', async (t) => {
    t.match(of(3, 5, undefined), { isDrift: true, hand: 'none' })
  })
})
