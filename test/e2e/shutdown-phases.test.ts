import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { type Test, test } from 'tap'
import { connectRedis } from '../../src/queue/connect.ts'
import type { Instance } from '../support/instance.ts'
import { startKubeProxy } from '../support/kube-proxy.ts'
import { configMapFiles } from '../support/manifests.ts'
import { githubPush } from '../support/payloads.ts'
import { processesIn } from '../support/processes.ts'
import { testRedis } from '../support/redis.ts'
import { githubHeaders } from '../support/sign.ts'
import { type Site, testSite } from '../support/site.ts'
import { until } from '../support/until.ts'

/** An operator gives the process 30 s. */
const longestMs = 30_000

async function endsInTime(t: Test, site: Site, instance: Instance): Promise<void> {
  const asked = performance.now()
  const exit = await instance.kill('SIGTERM')
  const tookMs = Math.round(performance.now() - asked)

  t.strictSame(exit, { code: 0, signal: null }, instance.output())
  t.ok(tookMs < longestMs, `${tookMs} ms`)
  t.strictSame(await processesIn(site.dataDir), [])
}

/** An instance in the middle of a write that the API server does not answer. */
async function stuckSite(t: Test, isStuck: (url: string) => boolean) {
  const proxy = await startKubeProxy(t)
  const site = await testSite(t, { kubeconfig: proxy.kubeconfig })
  let isHeld = false
  proxy.hold(({ method, url }) => {
    const hold = method === 'PATCH' && isStuck(url)
    isHeld ||= hold
    return hold
  })
  await site.repository.commit(configMapFiles(1))
  const instance = await site.start()
  await until('it waits for an answer', () => isHeld)
  return { site, instance }
}

const isWrite = (url: string) => !url.includes('dryRun')

test('SIGTERM in a phase of a sync', async (t) => {
  await t.test('R24: while git waits for an answer', async (t) => {
    const site = await testSite(t)
    await site.repository.commit(configMapFiles(1))
    site.git.behaviour = { kind: 'stall' }
    const instance = await site.start()
    await until('git waits', async () =>
      (await processesIn(site.dataDir)).some((command) => command.includes('git')),
    )

    await endsInTime(t, site, instance)
  })

  await t.test('R24: while an object is written', async (t) => {
    const { site, instance } = await stuckSite(t, isWrite)

    await endsInTime(t, site, instance)
  })

  await t.test('R24: while the forge is away', async (t) => {
    const site = await testSite(t)
    site.forge.isAway = true
    const sha = await site.repository.commit(configMapFiles(1))
    const instance = await site.start()
    await until('synced', async () => (await site.application()).phase === 'Succeeded')

    await endsInTime(t, site, instance)
    site.forge.isAway = false
    await site.start()
    t.equal((await site.final(sha)).state, 'success')
  })
})

test('R24: a second SIGTERM ends it at once, and nothing stays behind', async (t) => {
  const { site, instance } = await stuckSite(t, isWrite)
  process.kill(instance.pid, 'SIGTERM')
  await until('it takes no more', async () => !(await answers(instance)))
  const asked = performance.now()

  const exit = await instance.kill('SIGTERM')

  t.strictSame(exit, { code: null, signal: 'SIGTERM' })
  t.ok(performance.now() - asked < 2_000)
  await until('all gone', async () => (await processesIn(site.dataDir)).length === 0)
})

test('SIGTERM with a Redis that', async (t) => {
  const start = async (t: Test) => {
    const redis = await testRedis(t)
    const site = await testSite(t, {
      keys: { redis: { url: { env: 'E2E_REDIS_URL' } } },
      env: { E2E_REDIS_URL: redis.url },
    })
    const sha = await site.repository.commit(configMapFiles(1))
    const instance = await site.start()
    await site.final(sha)
    return { site, instance, redis }
  }

  await t.test('R24: is down', async (t) => {
    const { site, instance, redis } = await start(t)
    await redis.stop()

    await endsInTime(t, site, instance)
  })

  await t.test('R24: takes commands and answers none', async (t) => {
    const { site, instance, redis } = await start(t)
    const control = connectRedis(redis.url, 'worker', () => {})
    await control.call('CLIENT', 'PAUSE', '60000', 'ALL')
    control.disconnect()

    await endsInTime(t, site, instance)
  })
})

test('R24: a delivery that began before SIGTERM is answered, no other one is', async (t) => {
  const site = await testSite(t)
  await site.repository.commit(configMapFiles(1))
  const instance = await site.start()
  const body = JSON.stringify(githubPush({ repo: site.repo }))
  const headers = { ...githubHeaders(body, site.secret), 'content-length': String(body.length) }
  const delivery = request(`${instance.url}/webhooks/github`, { method: 'POST', headers })
  const answered = once(delivery, 'response') as Promise<[IncomingMessage]>
  delivery.write(body.slice(0, 10))
  await until('its headers are read', async () => await answers(instance))

  process.kill(instance.pid, 'SIGTERM')
  await until('it takes no more', async () => !(await answers(instance)))
  delivery.end(body.slice(10))

  const [answer] = await answered
  t.equal(answer.statusCode, 202)
  answer.resume()
  t.strictSame(await instance.ended, { code: 0, signal: null }, instance.output())
})

async function answers({ url }: Instance): Promise<boolean> {
  try {
    await fetch(`${url}/healthz`, { headers: { connection: 'close' } })
    return true
  } catch {
    return false
  }
}
