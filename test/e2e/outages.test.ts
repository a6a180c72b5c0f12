import { type Test, test } from 'tap'
import { connectRedis } from '../../src/queue/connect.ts'
import type { AuditEvent } from '../support/audit-trail.ts'
import { controlPlane } from '../support/control-plane.ts'
import { startKubeProxy } from '../support/kube-proxy.ts'
import { configMapFiles } from '../support/manifests.ts'
import { testRedis } from '../support/redis.ts'
import { type Site, testSite } from '../support/site.ts'
import { until } from '../support/until.ts'

const everySecond = { sync: { every: '1s' } }

/** Creates, changes and deletions in the site's namespace, and of its inventory. */
function writesOf(site: Site, events: readonly AuditEvent[]): string[] {
  return events
    .filter(({ verb, objectRef, requestURI }) => {
      const isOurs = objectRef?.namespace === site.name || objectRef?.name?.endsWith(site.name)
      const isWrite = ['create', 'update', 'patch', 'delete'].includes(verb)
      return isWrite && isOurs === true && !requestURI.includes('dryRun=All')
    })
    .map(({ verb, requestURI }) => `${verb} ${requestURI}`)
}

async function flush(url: string): Promise<void> {
  const redis = connectRedis(url, 'worker', () => {})
  await redis.flushall()
  redis.disconnect()
}

async function redisSite(t: Test, kubeconfig?: string) {
  const redis = await testRedis(t)
  const site = await testSite(t, {
    defaults: everySecond,
    keys: { redis: { url: { env: 'E2E_REDIS_URL' } } },
    env: { E2E_REDIS_URL: redis.url },
    ...(kubeconfig !== undefined && { kubeconfig }),
  })
  return { site, redis }
}

test('R8: Redis loses everything', async (t) => {
  await t.test('the next sweep restores normal service and writes nothing', async (t) => {
    const { site, redis } = await redisSite(t)
    const sha = await site.repository.commit(configMapFiles(3))
    const instance = await site.start()
    await site.final(sha)
    await until('recorded', async () => (await site.application()).phase === 'Succeeded')
    const before = await site.syncs()
    const audit = await (await controlPlane()).audit()

    await flush(redis.url)
    await until('known again', async () => (await site.application()).syncStatus === 'Synced')

    t.match(await site.application(), { revision: sha, health: 'Healthy', phase: 'Succeeded' })
    const [oldest] = before.slice(-1)
    t.match((await site.syncs()).at(-1), { id: oldest?.id, revision: sha }, 'history is back')
    t.strictSame(writesOf(site, await audit.events()), [])
    const next = await site.push(instance, configMapFiles(2, { a: '2' }))
    t.equal((await site.final(next)).state, 'success')
    t.strictSame(site.statusesOf(sha).at(-1)?.state, 'success')
  })

  await t.test('a pause outlives it, and ends with resume', async (t) => {
    const { site, redis } = await redisSite(t)
    const instance = await site.start()
    await site.final(await site.push(instance, configMapFiles(1)))
    await site.landfall('pause', site.name)
    const inventory = ['-n', 'landfall-system', 'get', 'cm', `landfall-${site.name}`]
    const plane = await controlPlane()
    await until('kept', async () =>
      (await plane.kubectl([...inventory, '-o', 'yaml'])).includes('landfall.dev/paused-by'),
    )

    await flush(redis.url)
    await until('paused again', async () => (await site.application()).paused !== undefined)
    const waiting = await site.push(instance, configMapFiles(1, { a: '2' }))
    const told = await site.forge.status(({ sha }) => sha === waiting)

    t.match(told, { state: 'pending', description: /^paused by/ })
    t.equal(await site.kubectl('get', 'cm', 'c0', '-o', 'jsonpath={.data.a}'), '1')
    await site.landfall('resume', site.name)
    t.equal((await site.final(waiting)).state, 'success')
    t.notMatch(await plane.kubectl([...inventory, '-o', 'yaml']), 'landfall.dev/paused-by')
  })

  await t.test('in the middle of an apply: it ends right, and nothing is pruned', async (t) => {
    const proxy = await startKubeProxy(t)
    const { site, redis } = await redisSite(t, proxy.kubeconfig)
    let isHeld = false
    proxy.hold(({ method, url }) => {
      isHeld ||= method === 'PATCH' && /\/c3\?/.test(url) && !url.includes('dryRun=All')
      return false
    })
    const audit = await (await controlPlane()).audit()
    const sha = await site.repository.commit(configMapFiles(5))
    const instance = await site.start()
    await until('it applies', () => isHeld)

    await flush(redis.url)
    await until('deployed', async () => (await site.application()).revision === sha)

    t.equal(await site.kubectl('get', 'cm', '-o', 'name', '--no-headers').then(countOurs), 5)
    const deletions = (await audit.events()).filter(
      ({ verb, objectRef }) => verb === 'delete' && objectRef?.namespace === site.name,
    )
    t.strictSame(deletions, [])
    const next = await site.push(instance, configMapFiles(5, { a: '2' }))
    t.match(await site.final(next), { state: 'success', description: /^5 configured/ })
  })
})

function countOurs(names: string): number {
  return names.split('\n').filter((name) => /\/c\d+$/.test(name)).length
}

test('the Git host is gone', async (t) => {
  const site = await testSite(t, { defaults: everySecond })
  const sha = await site.repository.commit(configMapFiles(3))
  await site.start()
  await site.final(sha)
  await site.git.close()

  await t.test('a sweep still heals drift from the mirror', async (t) => {
    await site.kubectl('delete', 'cm', 'c1')
    await site.kubectl('patch', 'cm', 'c2', '--patch={"data":{"a":"9"}}')
    await until(
      'recreated',
      async () => (await site.kubectl('get', 'cm', '-o', 'name').then(countOurs)) === 3,
    )
    const value = async () => site.kubectl('get', 'cm', 'c2', '-o', 'jsonpath={.data.a}')
    await until('set back', async () => (await value()) === '1')

    const healed = async () => (await site.syncs()).flatMap(({ drift }) => drift)
    await until('told', async () => (await healed()).length === 2)
    t.strictSame(
      (await healed()).map(({ ref, type, healed }) => `${type} ${ref.name} ${healed}`).toSorted(),
      ['declared c2 true', 'missing c1 true'],
    )
  })

  await t.test('status says so, and keeps what is deployed', async (t) => {
    // The heal may have come before the first sweep that missed the host.
    let stdout = ''
    await until('a sweep tells so', async () => {
      stdout = (await site.landfall('status', site.name)).stdout
      return /sync +OutOfSync/.test(stdout)
    })

    t.match(stdout, new RegExp(`revision +${sha}`))
    t.match(stdout, /message +.*(?:reach|connect).*; keeping [0-9a-f]{7}/)
  })
})

test('the forge is away', async (t) => {
  const site = await testSite(t)
  await site.repository.commit(configMapFiles(1))
  const instance = await site.start()
  await site.final(await site.repository.git('rev-parse', 'HEAD'))
  site.forge.isAway = true

  const first = await site.push(instance, configMapFiles(1, { a: '2' }))
  await t.test('a deploy is not delayed', async (t) => {
    await until('deployed', async () => (await site.application()).revision === first)

    const [sync] = await site.syncs()
    const took = Date.parse(sync?.finishedAt ?? '') - Date.parse(sync?.startedAt ?? '')
    t.ok(took < 5_000, `${took} ms`)
    t.strictSame(site.statusesOf(first), [])
  })

  await t.test('statuses arrive when it is back, the latest only', async (t) => {
    const second = await site.push(instance, configMapFiles(1, { a: '3' }))
    const isTold = (line: string) => line.includes('"sync ended"') && line.includes(second)
    await until('deployed', () => instance.output().split('\n').some(isTold))
    // GitHub is sent a status a second: by now the pending one may still wait for its turn.
    await until('tried', () => site.forge.requests.some(({ path }) => path.includes(second)))
    site.forge.isAway = false
    await Promise.all([site.final(first), site.final(second)])

    for (const sha of [first, second]) {
      t.strictSame(
        site.statusesOf(sha).map(({ state }) => state),
        ['success'],
      )
    }
  })
})
