import { test } from 'tap'
import { type KubeObject, refKey, refOf } from '../../../src/domain/kube-object.ts'
import type { TouchedPod } from '../../../src/domain/touched-pod.ts'
import type { WitnessRecord } from '../../../src/domain/witness-record.ts'
import type { AdmissionRequest } from '../../../src/engine/witness/admission-review.ts'
import { createManagedObjects } from '../../../src/engine/witness/managed-objects.ts'
import { witnessShell } from '../../../src/engine/witness/witness-shell.ts'
import { aRequest } from '../../support/admission-requests.ts'
import { anApplication } from '../../support/an-application.ts'
import { aDeployment, entryOf, inventoryOf } from '../../support/objects.ts'

const velero = 'system:serviceaccount:velero:velero'

function aPod(overrides: Partial<KubeObject['metadata']> = {}): KubeObject {
  const metadata = { name: 'web-1', namespace: 'shop', uid: 'p1', ...overrides }
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [{ name: 'app' }] } }
}

const owned = aPod({
  ownerReferences: [
    { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'u1', controller: true },
  ],
})

/** `inGit`: what the application declares. */
function rig(pod: KubeObject, inGit: KubeObject) {
  const { handEdits, ...rest } = anApplication()
  const exempt = { users: ['system:serviceaccount:velero:*'], groups: ['on-call'] }
  const application = {
    ...rest,
    handEdits: { ...handEdits, exempt: { ...handEdits.exempt, ...exempt } },
  }
  const objects = createManagedObjects({ find: async () => undefined })
  objects.replace([application])
  objects.set(application.name, { ...inventoryOf([]), entries: [entryOf(inGit)] })
  const records: WitnessRecord[] = []
  const touched: TouchedPod[] = []
  const live = new Map([pod, inGit].map((one) => [refKey(refOf(one)), one]))
  const see = (request: AdmissionRequest) =>
    witnessShell(
      {
        cluster: 'prod',
        client: { get: async (ref) => live.get(refKey(ref)) },
        objects,
        users: { known: () => new Set(), look: async () => true },
        standingOf: async () => ({ paused: undefined, declared: undefined }),
        linkTo: () => undefined,
        records: {
          add: async (record) => void records.push(record),
          drop: async () => {},
          touch: async (one) => void touched.push(one),
          isNewShell: async () => true,
        },
        wake: () => {},
        mask: (_ref, _path, value) => value,
        clock: { now: () => 0 },
        timers: { after: () => () => {} },
        onTrouble: () => {},
      },
      request,
    )
  return { see, records, touched }
}

function anExec(user: string, groups: readonly string[] = []): AdmissionRequest {
  return {
    ...aRequest({ user, groups, operation: 'CONNECT', subResource: 'exec' }),
    name: 'web-1',
    object: { container: 'app', command: ['sh'] } as never,
  }
}

function debugging(added: readonly object[], before: readonly object[] = []): AdmissionRequest {
  const withEphemeral = (containers: readonly object[]) => ({
    ...owned,
    spec: { containers: [{ name: 'app' }], ephemeralContainers: containers },
  })
  return aRequest({
    before: withEphemeral(before),
    after: withEphemeral([...before, ...added]),
    subResource: 'ephemeralcontainers',
  })
}

test('a shell', async (t) => {
  await t.test('in a pod that Git itself declares is recorded, and touches it', async (t) => {
    const bare = aPod()
    const { see, records, touched } = rig(bare, bare)
    await see(anExec('ann@example.com'))
    await see({ ...anExec('ann@example.com'), subResource: 'attach' })
    await see({ ...debugging([{ name: 'debugger', image: 'busybox' }]), oldObject: bare })

    t.match(
      records.map(({ verb, ref, pod }) => [verb, ref.kind, ref.name, pod?.uid]),
      ['exec', 'attach', 'debug'].map((verb) => [verb, 'Pod', 'web-1', 'p1']),
    )
    t.match(touched, [{ owner: { kind: 'Pod', name: 'web-1' } }, {}, {}])
    t.equal(touched.length, 3)
  })

  await t.test('an edit of such a pod is for the other webhook to tell', async (t) => {
    const bare = aPod()
    const { see, records } = rig(bare, bare)
    const edit = aRequest({ before: bare, after: aPod({ labels: { a: '1' } }) })
    await see(edit)
    t.strictSame(records, [])
    await see({ ...edit, subResource: 'resize' })
    t.match(records, [{ verb: 'edit-pod' }], 'which is not asked about subresources')
  })

  await t.test('of who is exempt is recorded with the reason, and touches nothing', async (t) => {
    const { see, records, touched } = rig(owned, aDeployment())
    await see(anExec(velero))
    await see(anExec('cy@example.com', ['on-call']))
    const labelled = { ...owned, metadata: { ...owned.metadata, labels: { a: '1' } } }
    await see(
      aRequest({ user: 'cy@example.com', groups: ['on-call'], before: owned, after: labelled }),
    )

    t.match(records, [
      { verb: 'exec', user: velero, exemption: `the user ${velero} is exempt`, isDrift: false },
      { verb: 'exec', exemption: 'the group on-call is exempt', isDrift: false },
      { verb: 'edit-pod', exemption: 'the group on-call is exempt', isDrift: false },
    ])
    t.strictSame(touched, [])
    await see(anExec('ann@example.com'))
    t.match(touched, [{ user: 'ann@example.com', container: 'app' }])
  })

  await t.test('of a debug container is told with name, image and redacted command', async (t) => {
    const { see, records, touched } = rig(owned, aDeployment())
    const earlier = { name: 'earlier', image: 'old:1', command: ['ls'] }
    const debugger1 = {
      name: 'debugger-1',
      image: 'busybox:1',
      command: ['mysql', '--user=root'],
      args: ['-pcanary'],
    }
    await see(debugging([debugger1], [earlier]))

    t.match(records, [
      {
        verb: 'debug',
        pod: { container: 'debugger-1', image: 'busybox:1', command: 'mysql --user=… …' },
      },
    ])
    t.match(touched, [{ container: 'debugger-1' }])
    t.notMatch(JSON.stringify(records), /canary|earlier/)
  })

  await t.test('of several debug containers at once hides none of them', async (t) => {
    const { see, records } = rig(owned, aDeployment())
    const two = [
      { name: 'one', image: 'a:1' },
      { name: 'two', image: 'b:1', args: ['canary', '--level=canary'] },
    ]
    await see(debugging(two))
    const pod = { container: 'one, two', image: 'a:1, b:1', command: '… … --level=…' }
    t.match(records, [{ pod }])
  })
})
