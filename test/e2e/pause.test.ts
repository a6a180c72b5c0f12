import { test } from 'tap'
import { configMapFiles, configMapYaml } from '../support/manifests.ts'
import { testSite } from '../support/site.ts'
import { until } from '../support/until.ts'

test('landfall pause', async (t) => {
  const site = await testSite(t, {
    defaults: { sync: { every: '1s' } },
    applications: { paused: { path: 'app' }, other: { path: 'other' } },
  })
  const name = `${site.name}-paused`
  const other = { 'other/other.yaml': configMapYaml('other') }
  const first = await site.repository.commit({ ...configMapFiles(2), ...other })
  const instance = await site.start()
  await Promise.all([site.final(first, name), site.final(first, `${site.name}-other`)])

  await t.test('says so, in status too', async (t) => {
    const paused = await site.landfall('pause', name)
    t.match(paused, { code: 0, stdout: `${name} is paused; go on with: landfall resume ${name}` })

    const { stdout } = await site.landfall('status', name)
    t.match(stdout, /sync +Synced \(paused by .+\)/)
  })

  await t.test('stops deploying, and tells the commit that waits', async (t) => {
    const waiting = await site.push(instance, configMapFiles(2, { a: '2' }))
    const status = await site.forge.status(({ sha }) => sha === waiting)

    t.match(status, {
      state: 'pending',
      description: /^paused by .+; deploys after: landfall resume/,
    })
    t.match(await site.landfall('sync', name), { code: 1, stderr: /paused/ })
    t.equal(await site.kubectl('get', 'cm', 'c0', '-o', 'jsonpath={.data.a}'), '1')
    t.equal((await site.application(name)).revision, first)
  })

  await t.test('stops healing, of this application alone', async (t) => {
    const names = async () => site.kubectl('get', 'cm', '-o', 'name')
    await site.kubectl('delete', 'cm', 'c1')
    for (const round of ['a sweep', 'another sweep']) {
      await site.kubectl('delete', 'cm', 'other')
      await until(`${round} heals the other`, async () => (await names()).includes('/other'))
    }

    t.notMatch(await names(), '/c1')
  })

  await t.test('ends with resume, which deploys what came meanwhile', async (t) => {
    t.equal((await site.landfall('resume', name)).code, 0)
    const tip = await site.repository.git('rev-parse', 'HEAD')

    t.equal((await site.final(tip, name)).state, 'success')
    t.equal(await site.kubectl('get', 'cm', 'c0', '-o', 'jsonpath={.data.a}'), '2')
    t.equal(await site.kubectl('get', 'cm', 'c1', '-o', 'jsonpath={.data.a}'), '2')
    t.notMatch((await site.landfall('status', name)).stdout, 'paused by')
  })
})
