import { type Test, test } from 'tap'
import { stringify } from 'yaml'
import { startKubeProxy } from '../support/kube-proxy.ts'
import { configMapYaml } from '../support/manifests.ts'
import { workload } from '../support/rollout.ts'
import { testSite } from '../support/site.ts'
import { testCluster } from '../support/test-cluster.ts'
import { until } from '../support/until.ts'

const objects: Readonly<Record<string, string>> = {
  'web.yaml': stringify(workload('Deployment', undefined, { replicas: 2 })),
  'settings.yaml': configMapYaml('settings'),
}

function inFolder(folder: string, isThere: boolean) {
  return Object.fromEntries(
    Object.entries(objects).map(([file, text]) => [`${folder}/${file}`, isThere ? text : null]),
  )
}

const moving = (from: string, to: string) => ({ ...inFolder(from, false), ...inFolder(to, true) })

/** Two applications of one repository, and a worker that reaches the cluster through a proxy. */
async function movingSite(t: Test) {
  const { cluster } = await testCluster(t)
  const proxy = await startKubeProxy(t)
  const site = await testSite(t, {
    kubeconfig: proxy.kubeconfig,
    applications: { a: { path: 'a' }, b: { path: 'b' } },
  })
  const instance = await site.start()
  const first = await site.push(instance, {
    ...inFolder('a', true),
    'a/own.yaml': configMapYaml('own-a'),
    'b/own.yaml': configMapYaml('own-b'),
  })
  const nameOf = (folder: string) => `${site.name}-${folder}`
  for (const folder of ['a', 'b']) {
    const { state, description } = await site.final(first, nameOf(folder))
    if (state !== 'success') throw new Error(description)
  }
  const identities = () =>
    site.kubectl('get', 'deploy,cm,pods', '-o', 'jsonpath={.items[*].metadata.uid}')
  const before = await identities()
  const owned = async (folder: string) => {
    const { entries } = await cluster.inventory.read(nameOf(folder))
    return entries.map(({ name }) => name).toSorted()
  }
  const isMoved = async (from: string, to: string) => {
    const [left, taken] = await Promise.all([owned(from), owned(to)])
    return left.join() === `own-${from}` && taken.join() === `own-${to},settings,web`
  }
  return {
    site,
    proxy,
    instance,
    nameOf,
    owned,
    /** Ends when both inventories are right. */
    async checkMoved(t: Test, from: string, to: string) {
      await until(`all is in ${to}`, () => isMoved(from, to))
      const label = cluster.inventory.partOf(nameOf(to))
      const selector = `--selector=applyset.kubernetes.io/part-of=${label}`
      const members = await site.kubectl('get', 'deployment,cm', selector, '-o', 'name')
      t.strictSame(members.split('\n').toSorted(), [
        `configmap/own-${to}`,
        'configmap/settings',
        'deployment.apps/web',
      ])
      t.equal(await identities(), before, 'nothing was made anew, no pod was replaced')
    },
  }
}

test('an object that one push moves to another application keeps its uid and its pods', async (t) => {
  const { site, instance, nameOf, owned, checkMoved } = await movingSite(t)
  const sync = async (folder: string) => {
    const { code, stdout, stderr } = await site.landfall('sync', nameOf(folder), '--wait')
    if (code !== 0) throw new Error(stdout + stderr)
  }

  await t.test('where the one that takes it is synced first, which wakes the other', async (t) => {
    await site.repository.commit(moving('a', 'b'))

    await sync('b')

    await checkMoved(t, 'a', 'b')
  })

  await t.test('where the one that had it is synced first, and keeps it until then', async (t) => {
    await site.repository.commit(moving('b', 'a'))

    await sync('b')
    t.strictSame(await owned('b'), ['own-b', 'settings', 'web'])
    await sync('a')

    await checkMoved(t, 'b', 'a')
  })

  await t.test('where one push reaches both at once', async (t) => {
    await site.push(instance, moving('a', 'b'))

    await checkMoved(t, 'a', 'b')
  })
})

test('R1: a worker killed with -9 while it takes objects over from another application', {
  timeout: 150_000,
}, async (t) => {
  const { site, proxy, instance, nameOf, owned, checkMoved } = await movingSite(t)
  let written = 0
  const held = new Set<string>()
  // One of the two objects is written; then nothing more gets there.
  proxy.treat(({ method, url }) => {
    const isWrite = method !== 'GET' && !url.includes('dryRun=All') && !url.includes('/leases/')
    if (!isWrite) return 'pass'
    const isObject = /\/(?:deployments\/web|configmaps\/settings)\?/.test(url)
    if (isObject) written += 1
    if (written < 2 && (isObject || written === 0)) return 'pass'
    held.add(url)
    return 'hold'
  })
  const sha = await site.push(instance, moving('a', 'b'))
  await until('one is written, the other is not', () =>
    Array.from(held).some((url) => /\/(?:deployments\/web|configmaps\/settings)\?/.test(url)),
  )

  await instance.kill('SIGKILL')
  t.ok((await owned('a')).includes('web'))
  proxy.treat(() => 'pass')
  await site.start()

  t.match(await site.final(sha, nameOf('b')), { state: 'success' })
  await checkMoved(t, 'a', 'b')
})
