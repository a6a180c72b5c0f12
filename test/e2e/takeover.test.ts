import { type Test, test } from 'tap'
import { type KubeProxy, startKubeProxy } from '../support/kube-proxy.ts'
import { configMapYaml } from '../support/manifests.ts'
import { testRedis } from '../support/redis.ts'
import { testSite } from '../support/site.ts'
import { testCluster } from '../support/test-cluster.ts'
import { until } from '../support/until.ts'

const count = 10
const index = Array.from({ length: count }, (_, at) => at)

// A worker runs eight syncs at once: in two halves all ten are under way when they are killed.
const halves = [
  [1, 2, 3, 4, 5],
  [6, 7, 8, 9, 10],
]

test('R1: a worker killed with -9 after each object of a ten-object apply', {
  timeout: 150_000,
}, async (t) => {
  const { cluster } = await testCluster(t)
  const proxy = await startKubeProxy(t)
  const held = holdEach(proxy)
  const sites = await Promise.all(halves.map((places) => startHalf(t, { proxy, places })))
  await until('all ten are in the middle of it', () => held.size === count)
  await Promise.all(sites.map(({ victim }) => victim.kill('SIGKILL')))
  proxy.hold(() => false)
  const killedAt = performance.now()
  await Promise.all(sites.map(({ site }) => site.start()))

  for (const { site, places, sha } of sites) {
    for (const place of places) {
      const name = `${site.name}-k${place}`
      await t.test(`after object ${place}: another one finishes`, async (t) => {
        const status = await site.final(sha, name)

        t.equal(status.state, 'success', status.description)
        const states = site.statusesOf(sha, name).map(({ state }) => state)
        t.strictSame([...new Set(states)], ['pending', 'success'])
        t.equal(states.filter((state) => state === 'success').length, 1)
        // The kill may come between a report and the note that it was sent: then it is sent again.
        t.ok(states.length <= 4, `${states.length} statuses`)
        const inventory = await cluster.inventory.read(name)
        const expected = index.map((at) => `k${place}-c${at}`)
        t.strictSame(inventory.entries.map(({ name }) => name).toSorted(), expected)
        t.equal(inventory.revision, sha)
        const label = `--selector=applyset.kubernetes.io/part-of=${cluster.inventory.partOf(name)}`
        const members = await site.kubectl('get', 'cm', label, '-o', 'name')
        t.strictSame(
          members.split('\n').toSorted(),
          expected.map((at) => `configmap/${at}`),
        )
      })
    }
  }
  t.ok(performance.now() - killedAt < 45_000, 'within lock and stall check')
})

interface HalfOptions {
  readonly proxy: KubeProxy
  readonly places: readonly number[]
}

/** A site whose worker has begun to sync all its applications, ten objects each. */
async function startHalf(t: Test, { proxy, places }: HalfOptions) {
  const redis = await testRedis(t)
  const site = await testSite(t, {
    kubeconfig: proxy.kubeconfig,
    applications: Object.fromEntries(places.map((place) => [`k${place}`, { path: `k${place}` }])),
    keys: { redis: { url: { env: 'E2E_REDIS_URL' } } },
    env: { E2E_REDIS_URL: redis.url },
  })
  const files = places.flatMap((place) =>
    index.map((at) => [`k${place}/c${at}.yaml`, configMapYaml(`k${place}-c${at}`)] as const),
  )
  const sha = await site.repository.commit(Object.fromEntries(files))
  return { site, places, sha, victim: await site.start() }
}

/** Lets each application write as many objects as its name says, and then nothing more. */
function holdEach(proxy: KubeProxy): ReadonlySet<number> {
  const written = new Map<number, number>()
  const held = new Set<number>()
  proxy.hold(({ method, url }) => {
    const object = /\/configmaps\/k(\d+)-c\d\?/.exec(url)?.[1]
    const inventory = /\/configmaps\/landfall-test-[0-9a-f]+-k(\d+)\b/.exec(url)?.[1]
    const place = Number(object ?? inventory)
    if (method === 'GET' || url.includes('dryRun=All') || Number.isNaN(place)) return false
    const before = written.get(place) ?? 0
    if (before >= place) held.add(place)
    else if (object !== undefined) written.set(place, before + 1)
    return before >= place
  })
  return held
}
