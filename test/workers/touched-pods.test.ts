import pino from 'pino'
import { type Test, test } from 'tap'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { type KubeObject, refKey, refOf } from '../../src/domain/kube-object.ts'
import type { TouchedPod } from '../../src/domain/touched-pod.ts'
import { createTouchedPods } from '../../src/queue/touched-pods.ts'
import { createTouchedPodsKeeper } from '../../workers/touched-pods.ts'
import { anApplication } from '../support/an-application.ts'
import { aDeployment } from '../support/objects.ts'
import { queueRig } from '../support/queue-rig.ts'
import { testRedis } from '../support/redis.ts'

const start = Date.parse('2026-01-01T01:00:00.000Z')

/** Pods of Deployments `web` and `api` that are touched and due, and what a cluster says of them. */
function rigOf(t: Test, url: string) {
  const { redis, keys } = queueRig(t, url)
  const pods = createTouchedPods(redis, keys)
  const live = new Map<string, KubeObject>()
  const held = new Set<string>()
  const evicted: string[] = []
  const healed: string[] = []
  let now = start
  let application = anApplication({ touchedPods: { policy: 'replace', replaceAfterMs: 1_000 } })
  const put = (object: KubeObject) => void live.set(refKey(refOf(object)), object)

  const own: Pick<Cluster['own'], 'get' | 'evict'> = {
    get: async (ref) => live.get(refKey(ref)),
    async evict(ref, uid) {
      if (held.has(uid)) return 'held'
      const pod = live.get(refKey(ref))
      if (pod === undefined) return 'gone'
      evicted.push(uid)
      const deletionTimestamp = new Date(now + 30_000).toISOString()
      put({ ...pod, metadata: { ...pod.metadata, deletionTimestamp } })
      return 'evicted'
    },
  }
  const keeper = () =>
    createTouchedPodsKeeper({
      pods,
      records: { heal: async (ids) => void healed.push(...ids) },
      standing: { read: async () => [] },
      applicationOf: () => ({ application, cluster: { own } as Cluster }),
      clock: { now: () => now },
      logger: pino({ level: 'silent' }),
    })
  // They share nothing but Redis and the cluster.
  const workers = [keeper(), keeper()]
  return {
    pods,
    put,
    held,
    evicted,
    healed,
    reportDrift() {
      application = { ...application, sync: { ...application.sync, drift: 'report' } }
    },
    remove: (name: string) => void live.delete(refKey(refOf(aPod(name)))),
    async touch(name: string, owner: KubeObject, at = start - 10_000) {
      const pod: TouchedPod = {
        application: application.name,
        namespace: 'shop',
        name,
        uid: name,
        cluster: application.cluster,
        owner: refOf(owner),
        at: new Date(at).toISOString(),
        user: 'ann',
        groups: [],
        verb: 'exec',
        container: undefined,
        witnessed: [`record-${name}`],
      }
      await pods.touch(pod, now)
    },
    /** Both workers look, every two seconds. */
    async pass(ms: number) {
      for (const end = now + ms; now < end; now += 2_000) {
        await Promise.all(workers.map((worker) => worker.look()))
      }
    },
  }
}

function aPod(name: string, overrides: Partial<KubeObject> = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop', uid: name },
    spec: { restartPolicy: 'Always' },
    status: { phase: 'Running' },
    ...overrides,
  }
}

function whole(name: string, readyReplicas = 3): KubeObject {
  return aDeployment({
    metadata: { name, namespace: 'shop', uid: name, generation: 1 },
    status: {
      observedGeneration: 1,
      replicas: 3,
      updatedReplicas: 3,
      readyReplicas,
      availableReplicas: readyReplicas,
      conditions: [{ type: 'Available', status: 'True' }],
    },
  })
}

test('a touched pod that is due', async (t) => {
  const { url } = await testRedis(t)

  await t.test('waits while another one of its application leaves', async (t) => {
    const { put, remove, touch, pass, evicted, healed } = rigOf(t, url)
    for (const name of ['web', 'api']) put(whole(name))
    for (const name of ['web-1', 'web-2', 'api-1']) put(aPod(name))
    await touch('web-1', whole('web'), start - 30_000)
    await touch('web-2', whole('web'), start - 20_000)
    await touch('api-1', whole('api'))

    for (let turn = 1; turn <= 3; turn += 1) {
      await pass(20_000)
      t.equal(evicted.length, turn)
      remove(evicted.at(-1) ?? '')
    }
    await pass(4_000)
    t.strictSame(evicted, ['web-1', 'web-2', 'api-1'], 'the oldest first')
    t.strictSame(
      healed,
      evicted.map((name) => `record-${name}`),
    )
  })

  await t.test('is not held back by an older one that never leaves', async (t) => {
    for (const block of ['budget', 'rollout', 'job'] as const) {
      const { put, touch, pass, held, evicted } = rigOf(t, url)
      put(whole('web', block === 'rollout' ? 1 : 3))
      put(whole('api'))
      put(aPod('web-1', block === 'job' ? { spec: { restartPolicy: 'Never' } } : {}))
      put(aPod('api-1'))
      if (block === 'budget') held.add('web-1')
      await touch('web-1', whole('web'), start - 60_000)
      await touch('api-1', whole('api'))
      await pass(14_000)
      t.strictSame(evicted, ['api-1'], block)
    }
  })

  await t.test('is not held back by one that outstays its grace period by a minute', async (t) => {
    const { put, touch, pass, evicted } = rigOf(t, url)
    for (const name of ['web', 'api']) put(whole(name))
    put(aPod('web-1'))
    put(aPod('api-1'))
    await touch('web-1', whole('web'))
    await pass(2_000)
    await touch('api-1', whole('api'))
    await pass(80_000)
    t.strictSame(evicted, ['web-1'])
    await pass(20_000)
    t.strictSame(evicted, ['web-1', 'api-1'])
  })

  await t.test('waits while one leaves that somebody deleted', async (t) => {
    const { put, touch, pass, evicted } = rigOf(t, url)
    for (const name of ['web', 'api']) put(whole(name))
    const deletionTimestamp = new Date(start + 600_000).toISOString()
    const metadata = { name: 'web-1', namespace: 'shop', uid: 'web-1', deletionTimestamp }
    put(aPod('web-1', { metadata }))
    await touch('web-1', whole('web'))
    await pass(2_000)
    put(aPod('api-1'))
    await touch('api-1', whole('api'))
    await pass(20_000)
    t.strictSame(evicted, [])
  })

  await t.test('comes next where another one’s worker ended before it was evicted', async (t) => {
    const { pods, put, touch, pass, evicted } = rigOf(t, url)
    for (const name of ['web', 'api']) put(whole(name))
    for (const name of ['web-1', 'api-1']) put(aPod(name))
    await touch('web-1', whole('web'))
    await touch('api-1', whole('api'))
    await pods.takeTurn({ application: anApplication().name, uid: 'web-1' })
    await pods.claim(start, start + 30_000)
    await pods.lookAgain('api-1', start)
    await pass(28_000)
    t.strictSame(evicted, [])
    await pass(6_000)
    t.strictSame(evicted, ['api-1'])
  })

  await t.test('is forgotten when nothing runs in it any more', async (t) => {
    for (const phase of ['Succeeded', 'Failed']) {
      const { pods, put, touch, pass, evicted, healed } = rigOf(t, url)
      put(whole('web'))
      put(aPod('web-1', { status: { phase } }))
      await touch('web-1', whole('web'))
      await pass(2_000)
      t.strictSame(await pods.all(), [])
      t.strictSame(evicted, [])
      t.strictSame(healed, ['record-web-1'])
    }
  })

  await t.test('and that Git declares is evicted where a heal brings it back', async (t) => {
    const bare = aPod('bare')
    const healing = rigOf(t, url)
    healing.put(bare)
    await healing.touch('bare', bare)
    await healing.pass(2_000)
    t.strictSame(healing.evicted, ['bare'])

    const reporting = rigOf(t, url)
    reporting.reportDrift()
    reporting.put(bare)
    await reporting.touch('bare', bare)
    await reporting.pass(20_000)
    t.strictSame(reporting.evicted, [])
  })
})
