import { test } from 'tap'
import { stringify } from 'yaml'
import { startKubeProxy } from '../support/kube-proxy.ts'
import { configMapFiles } from '../support/manifests.ts'
import { processesIn } from '../support/processes.ts'
import { workload } from '../support/rollout.ts'
import { testSite } from '../support/site.ts'
import { until } from '../support/until.ts'

const longestMs = 15_000

test('SIGTERM', async (t) => {
  await t.test('ends an idle instance with 0, and its redis-server with it', async (t) => {
    const site = await testSite(t)
    const sha = await site.repository.commit(configMapFiles(1))
    const instance = await site.start()
    await site.final(sha)
    t.match(await processesIn(site.dataDir), [/redis-server/])
    const asked = performance.now()

    const exit = await instance.kill('SIGTERM')

    t.strictSame(exit, { code: 0, signal: null }, instance.output())
    t.ok(performance.now() - asked < longestMs)
    t.strictSame(await processesIn(site.dataDir), [])
  })

  await t.test('R24: ends one that waits for a rollout; the next one goes on', async (t) => {
    const site = await testSite(t)
    const stuck = stringify(workload('Deployment', 'never-ready'))
    const sha = await site.repository.commit({ 'app/web.yaml': stuck })
    const instance = await site.start()
    await site.forge.status((status) => status.sha === sha)
    await until('applied', async () =>
      (await site.kubectl('get', 'deployment', '-o', 'name')).includes('web'),
    )
    const asked = performance.now()

    const exit = await instance.kill('SIGTERM')

    t.strictSame(exit, { code: 0, signal: null }, instance.output())
    t.ok(performance.now() - asked < longestMs, `${performance.now() - asked} ms`)
    t.strictSame(await processesIn(site.dataDir), [])
    t.strictSame(
      site.statusesOf(sha).map(({ state }) => state),
      ['pending'],
    )
    await site.repository.commit({ 'app/web.yaml': stringify(workload('Deployment')) })
    await site.start()
    const tip = await site.repository.git('rev-parse', 'HEAD')
    t.equal((await site.final(tip)).state, 'success')
  })

  await t.test('R24: ends one whose cluster does not answer', async (t) => {
    const proxy = await startKubeProxy(t)
    const site = await testSite(t, { kubeconfig: proxy.kubeconfig })
    let isHeld = false
    proxy.hold(({ method }) => {
      const isWrite = method === 'PATCH'
      isHeld ||= isWrite
      return isWrite
    })
    await site.repository.commit(configMapFiles(1))
    const instance = await site.start()
    await until('it waits for an answer', () => isHeld)
    const asked = performance.now()

    const exit = await instance.kill('SIGTERM')

    t.strictSame(exit, { code: 0, signal: null }, instance.output())
    t.ok(performance.now() - asked < longestMs, `${performance.now() - asked} ms`)
    t.strictSame(await processesIn(site.dataDir), [])
  })
})

test('kill -9 in the middle of a fetch leaves no redis-server and no git behind', async (t) => {
  const site = await testSite(t)
  await site.repository.commit(configMapFiles(1))
  site.git.behaviour = { kind: 'stall' }
  const instance = await site.start()
  await until('git waits for an answer', async () =>
    (await processesIn(site.dataDir)).some((command) => command.includes('git')),
  )

  await instance.kill('SIGKILL')

  await until('all gone', async () => (await processesIn(site.dataDir)).length === 0)
  t.strictSame(await processesIn(site.dir), [])
})
