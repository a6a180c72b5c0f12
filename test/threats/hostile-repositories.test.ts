import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import type { ApplicationView } from '../../src/domain/application-view.ts'
import { aListener } from '../support/a-listener.ts'
import { canary, type HostileRepository, pushHostile } from '../support/hostile-repository.ts'
import { configMapFiles } from '../support/manifests.ts'
import { type Site, testSite } from '../support/site.ts'
import { until } from '../support/until.ts'
import { hostileRenders } from './hostile-charts.ts'
import { hostileTrees } from './hostile-trees.ts'

const repositories = [...hostileTrees, ...hostileRenders].map((hostile, index) => ({
  ...hostile,
  branch: `h${index}`,
}))

/** One worker for all of them, and for an application that means no harm. */
async function hostileSite(t: Test) {
  const keys = repositories.map(({ branch, render }) => [
    branch,
    { branch, ...(render !== undefined && { render: { type: render } }) },
  ])
  const site = await testSite(t, { applications: { good: {}, ...Object.fromEntries(keys) } })
  const listener = await aListener(t)
  const traps = {
    url: listener.url,
    marker: join(site.dir, 'marker'),
    secret: join(site.dir, 'secret'),
  }
  await writeFile(traps.secret, `a: ${canary}\n`)
  await site.repository.commit(configMapFiles(1))
  for (const repository of repositories) {
    await pushHostile(site.repository, repository.branch, repository, traps)
  }
  await site.repository.git('checkout', '-qf', 'main')
  return { site, listener, traps }
}

async function ended(site: Site, branch: string): Promise<ApplicationView> {
  const name = `${site.name}-${branch}`
  await until(`${name} has ended`, async () => {
    const { phase } = await site.application(name)
    return phase === 'Succeeded' || phase === 'Failed'
  })
  return site.application(name)
}

async function check(t: Test, site: Site, hostile: HostileRepository & { branch: string }) {
  const view = await ended(site, hostile.branch)
  if (hostile.ends === 'deployed') {
    t.match(view, { phase: 'Succeeded', failure: undefined })
    return
  }
  t.match(view, { phase: 'Failed', failure: { code: hostile.ends } })
  t.ok(view.message.length > 20 && view.message.length < 2500, view.message.slice(0, 300))
  t.notMatch(JSON.stringify(view), canary)
}

const timeout = 400_000

test('a hostile repository ends in an error of its own application', { timeout }, async (t) => {
  const { site, listener, traps } = await hostileSite(t)
  const instance = await site.start()

  for (const hostile of repositories) {
    await t.test(hostile.title, (t) => check(t, site, hostile))
  }

  await t.test('E7: while another application of the same worker deploys', async (t) => {
    const sha = await site.push(instance, configMapFiles(2))

    t.match(await site.final(sha, `${site.name}-good`), { state: 'success' })
  })

  await t.test('and none of them ran, read or reached anything outside', async (t) => {
    const names = await site.kubectl('get', 'cm', '-o', 'jsonpath={.items[*].metadata.name}')
    const objects = await site.kubectl('get', 'cm', '-o', 'json')

    t.strictSame(names.split(' '), [
      'c0',
      'c1',
      'filtered',
      'host',
      'kube-root-ca.crt',
      'lookup',
      'reader',
    ])
    t.notMatch(objects, canary)
    t.notMatch(instance.output(), canary)
    t.equal(listener.connections(), 0)
    await t.rejects(readFile(traps.marker), { code: 'ENOENT' })
  })
})
