import { test } from 'tap'
import { basic } from '../support/a-chart-fetcher.ts'
import { aFilledRegistry } from '../support/a-filled-registry.ts'
import { testSite } from '../support/site.ts'

test('an application of a chart in a registry that wants a password', async (t) => {
  const wants = { authorization: basic, challenge: 'Basic realm="charts"' }
  const registry = await aFilledRegistry(t, { wants })
  const { sha256, ...chart } = registry.chart
  const render = {
    type: 'helm',
    chart: { ...chart, digest: `sha256:${sha256}` },
    valueFiles: ['prod.yaml'],
    releaseName: 'orders',
    chartRepositories: [{ url: registry.url, username: 'robot', token: { env: 'CHART_TOKEN' } }],
  }
  const env = { CHART_TOKEN: 'token-of-a-robot' }
  const site = await testSite(t, { applications: { '': { path: 'values', render } }, env })
  const first = await site.repository.commit({ 'values/prod.yaml': 'size: 3\n' })
  const instance = await site.start()
  const sizeInCluster = () => site.kubectl('get', 'cm', 'orders-db', '-o', 'jsonpath={.data.size}')

  await t.test('is deployed with the values of the repository', async (t) => {
    const status = await site.final(first)

    t.equal(status.state, 'success', status.description)
    t.equal(await sizeInCluster(), '3')
  })

  await t.test('is printed by landfall render', async (t) => {
    const { code, stdout, stderr } = await site.landfall('render', site.name)

    t.equal(code, 0, stderr)
    t.match(stdout, '# db-1.0.0.tgz/templates/a.yaml:1')
  })

  await t.test('needs the registry only once', async (t) => {
    registry.close()

    const second = await site.push(instance, { 'values/prod.yaml': 'size: 4\n' })

    t.equal((await site.final(second)).state, 'success')
    t.equal(await sizeInCluster(), '4')
  })

  await t.test('E6: tells its token to nobody', async (t) => {
    const status = await site.landfall('status', site.name, '-o', 'json')

    const told = [instance.output(), JSON.stringify(await site.syncs()), status.stdout].join()
    t.notMatch(told, env.CHART_TOKEN)
    t.notMatch(told, basic)
  })
})
