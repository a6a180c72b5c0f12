import { test } from 'tap'
import { configMapFiles, configMapYaml } from '../support/manifests.ts'
import { testSite } from '../support/site.ts'
import { until } from '../support/until.ts'

test('a commit with three invalid objects among ten', async (t) => {
  const site = await testSite(t)
  const first = await site.repository.commit(configMapFiles(1))
  const instance = await site.start()
  await site.final(first)
  const invalid = Object.fromEntries(
    [1, 4, 7].map((index) => [
      `app/c${index}.yaml`,
      `# a comment\n${configMapYaml(`c${index}`, { a: 1 })}`,
    ]),
  )
  const places = [1, 4, 7].map((index) => `app/c${index}.yaml:2`)

  const bad = await site.push(instance, { ...configMapFiles(10, { a: '2' }), ...invalid })
  const status = await site.final(bad)

  await t.test('writes nothing', async (t) => {
    const names = await site.kubectl('get', 'cm', '-o', 'name')
    t.strictSame(names.split('\n'), ['configmap/c0', 'configmap/kube-root-ca.crt'])
    t.equal(await site.kubectl('get', 'cm', 'c0', '-o', 'jsonpath={.data.a}'), '1')
  })

  await t.test('is a failure at the forge that names all three and the first reason', async (t) => {
    t.equal(status.state, 'failure')
    t.match(
      status.description,
      `dry-run of 3 objects failed at ${places.join(', ')}: configmaps c1: .data.a: expected string`,
    )
  })

  await t.test('is told whole by history and by the page that its status links to', async (t) => {
    const { code, stdout } = await site.landfall('history', site.name)
    const path = new URL(status.targetUrl ?? '').pathname
    const page = await (await fetch(`${instance.url}${path}`)).text()

    t.equal(code, 0)
    for (const place of places) {
      t.match(stdout, `${place}: ConfigMap`)
      t.match(page, place)
    }
  })

  await t.test('is told whole by status, which still shows what is deployed', async (t) => {
    const { stdout } = await site.landfall('status', site.name)

    t.match(stdout, /sync +OutOfSync/)
    for (const place of places) t.match(stdout, `${place}: ConfigMap`)
    t.equal((await site.application()).revision, first)
  })

  await t.test('stays OutOfSync, and says why, when drift is healed meanwhile', async (t) => {
    await site.kubectl('patch', 'cm', 'c0', '-p', '{"data":{"a":"by hand"}}')
    const heals = async () => (await site.syncs()).filter(({ trigger }) => trigger === 'drift')
    await until('it is healed and told', async () =>
      (await heals()).some(({ phase, drift }) => phase === 'Succeeded' && drift.length > 0),
    )
    const { syncStatus, message, revision } = await site.application()

    t.equal(await site.kubectl('get', 'cm', 'c0', '-o', 'jsonpath={.data.a}'), '1')
    t.match(message, `${bad.slice(0, 7)} failed before`)
    t.strictSame({ syncStatus, revision }, { syncStatus: 'OutOfSync', revision: first })
  })

  await t.test('The next good commit deploys', async (t) => {
    const good = await site.push(instance, configMapFiles(10, { a: '2' }))

    t.match(await site.final(good), { state: 'success', description: /9 created, 1 configured/ })
    t.equal(await site.kubectl('get', 'cm', 'c7', '-o', 'jsonpath={.data.a}'), '2')
  })
})
