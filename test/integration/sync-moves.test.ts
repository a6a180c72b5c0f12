import { type Test, test } from 'tap'
import { configMapYaml } from '../support/manifests.ts'
import { type BenchApplication, type SyncBench, syncBench } from '../support/sync-bench.ts'

const partOf = 'applyset\\.kubernetes\\.io/part-of'

const web = (value: string) => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 0
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: 'web:${value}'}]}
`

const moved = ['web', 'settings'] as const
const manifests = { web: web('1'), settings: configMapYaml('settings') }

/** Two applications of one repository; the first has a Deployment and a ConfigMap of its own. */
async function twoApplications(t: Test) {
  const bench = await syncBench(t)
  const next = bench.beside('next')
  await bench.repository.commit({
    'app/web.yaml': manifests.web,
    'app/settings.yaml': manifests.settings,
    'app/stays.yaml': configMapYaml('stays'),
    'next/own.yaml': configMapYaml('own'),
  })
  await succeed(bench)
  await succeed(next)
  return { bench, next, before: await identities(bench) }
}

async function succeed({ sync }: BenchApplication, trigger: 'push' | 'sweep' = 'push') {
  const outcome = await sync(trigger)
  if (outcome.record.phase !== 'Succeeded') throw new Error(outcome.record.message)
  return outcome
}

const move = ({ repository }: SyncBench) =>
  repository.commit({
    'app/web.yaml': null,
    'app/settings.yaml': null,
    'next/web.yaml': manifests.web,
    'next/settings.yaml': manifests.settings,
  })

async function identities({ kubectl }: SyncBench) {
  const columns = 'jsonpath={.metadata.uid} {.metadata.generation}'
  return Promise.all([
    kubectl('get', 'deployment/web', '-o', columns),
    kubectl('get', 'cm/settings', '-o', columns),
  ])
}

async function ownerOf({ kubectl }: SyncBench, object: string) {
  return kubectl('get', object, '-o', `jsonpath={.metadata.labels.${partOf}}`)
}

async function inventoryOf({ cluster }: SyncBench, { application }: BenchApplication) {
  const { entries } = await cluster.inventory.read(application.name)
  return entries.map(({ name }) => name).toSorted()
}

async function checkMoved(t: Test, bench: SyncBench, next: BenchApplication, before: string[]) {
  const label = bench.cluster.inventory.partOf(next.application.name)
  t.strictSame(await identities(bench), before, 'not made anew, no new pods')
  t.equal(await ownerOf(bench, 'deployment/web'), label)
  t.equal(await ownerOf(bench, 'cm/settings'), label)
  t.strictSame(await inventoryOf(bench, bench), ['stays'])
  t.strictSame(await inventoryOf(bench, next), ['own', ...moved].toSorted())
}

test('an object that one push moves to another application', async (t) => {
  await t.test('is taken over by it, when that is synced first', async (t) => {
    const { bench, next, before } = await twoApplications(t)
    await move(bench)

    const { record, takenFrom } = await succeed(next)
    const later = await succeed(bench)

    const from = `taken over from application ${bench.application.name}`
    t.match(
      record.changes.map(({ message }) => message),
      [from, from],
    )
    t.strictSame(takenFrom, [bench.application.name])
    t.strictSame(later.record.counts, { unchanged: 1, skipped: 2 })
    await checkMoved(t, bench, next, before)
  })

  await t.test('is kept by the one that had it, when that is synced first', async (t) => {
    const { bench, next, before } = await twoApplications(t)
    await move(bench)

    const { record, status } = await succeed(bench)
    t.strictSame(await inventoryOf(bench, bench), ['settings', 'stays', 'web'])
    await succeed(next)
    await succeed(bench, 'sweep')

    t.match(
      record.changes.map(({ action, message }) => `${action}: ${message}`),
      Array.from(moved, () => /^skipped: no longer in Git here, but kept: application .*-next has/),
    )
    t.equal(status.syncStatus, 'Synced')
    await checkMoved(t, bench, next, before)
  })

  await t.test('both at once', async (t) => {
    const { bench, next, before } = await twoApplications(t)
    await move(bench)

    await Promise.all([succeed(bench), succeed(next)])
    await succeed(bench, 'sweep')

    await checkMoved(t, bench, next, before)
  })

  await t.test('is no deletion, however many they are', async (t) => {
    const bench = await syncBench(t)
    const next = bench.beside('next')
    const names = Array.from({ length: 15 }, (_, index) => `c${index}`)
    const files = (folder: string) =>
      Object.fromEntries(names.map((name) => [`${folder}/${name}.yaml`, configMapYaml(name)]))
    await bench.repository.commit({ ...files('app'), 'next/own.yaml': configMapYaml('own') })
    await succeed(bench)
    await succeed(next)
    const gone = Object.fromEntries(names.map((name) => [`app/${name}.yaml`, null]))
    await bench.repository.commit({ ...files('next'), ...gone, 'app/.keep': '' })

    await succeed(bench)
    await succeed(next)
    await succeed(bench, 'sweep')

    t.strictSame(await inventoryOf(bench, bench), [])
    t.equal((await inventoryOf(bench, next)).length, 16)
  })

  await t.test('comes back the same way', async (t) => {
    const { bench, next, before } = await twoApplications(t)
    await move(bench)
    await succeed(next)
    await bench.repository.commit({
      'app/web.yaml': manifests.web,
      'app/settings.yaml': manifests.settings,
      'next/web.yaml': null,
      'next/settings.yaml': null,
    })

    await succeed(next)
    await succeed(bench)
    await succeed(bench, 'sweep')
    await succeed(next, 'sweep')

    t.strictSame(await identities(bench), before)
    t.strictSame(await inventoryOf(bench, bench), ['settings', 'stays', 'web'])
    t.strictSame(await inventoryOf(bench, next), ['own'])
    const label = bench.cluster.inventory.partOf(bench.application.name)
    t.equal(await ownerOf(bench, 'deployment/web'), label)
  })

  await t.test('is taken over from one whose folder goes with it', async (t) => {
    const { bench, next, before } = await twoApplications(t)
    await move(bench)
    await bench.repository.commit({ 'app/stays.yaml': null })

    await succeed(next)

    t.strictSame(await identities(bench), before)
    const label = bench.cluster.inventory.partOf(next.application.name)
    t.equal(await ownerOf(bench, 'deployment/web'), label)
  })

  await t.test('is pruned where the folder of another one is not there', async (t) => {
    const { bench } = await twoApplications(t)
    await bench.repository.commit({ 'app/settings.yaml': null, 'next/own.yaml': null })

    const { record } = await succeed(bench)

    t.match(record.counts, { deleted: 1 }, record.message)
  })

  await t.test('is kept while whoever may have it does not render', async (t) => {
    const { bench, before } = await twoApplications(t)
    await move(bench)
    await bench.repository.commit({ 'next/broken.yaml': 'a: [' })

    const { record } = await succeed(bench)

    t.match(record.changes[0]?.message, /application .*-next may have it and does not render/)
    t.strictSame(await identities(bench), before)
  })
})

test('an object that two applications have in one push', async (t) => {
  const { bench, next, before } = await twoApplications(t)
  await bench.repository.commit({ 'next/settings.yaml': configMapYaml('settings', { a: '2' }) })

  await t.test('stays with the one that has it; the other is told both names', async (t) => {
    const { record } = await next.sync('push')

    t.match(record, { phase: 'Failed', failure: { code: 'PLAN_OWNED_BY_OTHER' } })
    const [a, b] = [bench.application.name, next.application.name]
    t.match(
      record.message,
      `belongs to application ${a}, whose folder has it too; remove it from ${a} or from ${b}`,
    )
    t.strictSame(await identities(bench), before)
  })

  await t.test('is given to one where neither had it', async (t) => {
    const names = Array.from({ length: 6 }, (_, index) => `new-${index}`)
    const files = ['app', 'next'].flatMap((folder) =>
      names.map((name) => [`${folder}/${name}.yaml`, configMapYaml(name, { a: folder })] as const),
    )
    await bench.repository.commit({ ...Object.fromEntries(files), 'next/settings.yaml': null })

    const ended = await Promise.all([bench.sync('push'), next.sync('push')])

    const owned = [await inventoryOf(bench, bench), await inventoryOf(bench, next)]
    const labels = [bench, next].map(({ application }) =>
      bench.cluster.inventory.partOf(application.name),
    )
    for (const name of names) {
      const label = await ownerOf(bench, `cm/${name}`)
      const value = await bench.kubectl('get', 'cm', name, '-o', 'jsonpath={.data.a}')
      const at = labels.indexOf(label)
      t.equal(value, ['app', 'next'][at], `${name} is as its owner wants it`)
      t.ok(owned[at]?.includes(name), `${name} is in its owner's inventory`)
      t.notOk(owned[1 - at]?.includes(name), `${name} is in no other one`)
    }
    t.ok(ended.some(({ record }) => record.phase === 'Failed'))
    for (const { record } of ended) {
      if (record.phase === 'Failed')
        t.match(record.message, /belongs to application .* folder has it/)
    }
  })
})

test('an object of an application that is paused', async (t) => {
  const { bench, next, before } = await twoApplications(t)
  const { name } = bench.application
  const { inventory } = bench.cluster
  const paused = { by: 'ada', at: '2026-11-26T08:00:00Z' }
  await inventory.write(name, { ...(await inventory.read(name)), paused })
  await move(bench)

  const { record, retry } = await next.sync('push')

  t.match(record.message, `is paused; run: landfall resume ${name}`)
  t.match(retry, { kind: 'backoff' })
  t.strictSame(await identities(bench), before)
  t.equal(await ownerOf(bench, 'deployment/web'), inventory.partOf(name))
})

test('an application of which only the inventory is known', async (t) => {
  const one = await syncBench(t)
  await one.repository.commit({
    'app/a.yaml': configMapYaml('a'),
    'app/b.yaml': configMapYaml('b'),
  })
  await succeed(one)
  const uid = await one.kubectl('get', 'cm/a', '-o', 'jsonpath={.metadata.uid}')

  await t.test('keeps what is in it, and not what it has let go of', async (t) => {
    const allow = { namespaces: [one.namespace], clusterKinds: [], denyKinds: [] }
    const two = await syncBench(t, { namespace: one.namespace, allow })
    await two.repository.commit({ 'app/a.yaml': configMapYaml('a', { a: '2' }) })
    const refused = await two.sync('push')
    const [head, tail] = configMapYaml('a').split('metadata:')
    const kept = `${head}metadata:\n  annotations: {landfall.dev/prune: disabled}${tail}`
    await one.repository.commit({ 'app/a.yaml': kept })
    await succeed(one)
    await one.repository.commit({ 'app/a.yaml': null })
    await succeed(one)

    const { record } = await two.sync('manual')

    const [a, b] = [one.application.name, two.application.name]
    t.equal(refused.record.failure?.code, 'PLAN_OWNED_BY_OTHER')
    const way = `landfall orphan ${a}, then landfall sync ${b}`
    t.match(refused.record.message, `belongs to application ${a}, which is not configured here`)
    t.match(refused.record.message, way)
    t.equal(record.phase, 'Succeeded', record.message)
    t.match(record.changes, [{ message: `taken over from application ${a}` }])
    t.equal(await one.kubectl('get', 'cm/a', '-o', 'jsonpath={.metadata.uid}'), uid)
    t.equal(await one.kubectl('get', 'cm/a', '-o', 'jsonpath={.data.a}'), '2')
  })
})
