import { t as file, type Test, test } from 'tap'
import { type Collection, collections } from '../support/collections.ts'
import { type Site, testSite } from '../support/site.ts'
import { until } from '../support/until.ts'

file.setTimeout(600_000)

const look = (site: Site, object: string, jsonpath: string) =>
  site.kubectl('get', object, '--ignore-not-found', '--output', `jsonpath=${jsonpath}`)

async function play(t: Test, collection: Collection): Promise<void> {
  const { change, drift, undone, prune, objects } = collection
  // Its name, which its keys may need, is known once it is there.
  const site = await testSite(t, { applications: { '': collection.keys?.({ name: '' }) ?? {} } })
  const instance = await site.start()
  const files = await collection.files(site)

  await t.test('is deployed', async (t) => {
    t.match(await site.final(await site.push(instance, files)), { state: 'success' })
    for (const object of objects(site)) t.not(await look(site, object, '{.kind}'), '', object)
  })

  await t.test('is changed', async (t) => {
    t.match(await site.final(await site.push(instance, change.edit(files))), { state: 'success' })
    t.equal(await look(site, change.look.object(site), change.look.jsonpath), change.look.is)
  })

  await t.test('is healed', async (t) => {
    await site.kubectl(...drift(site))
    await until('it is told', async () =>
      (await site.syncs()).some((sync) => sync.drift.length > 0),
    )
    await until('it is undone', async () => {
      return (await look(site, undone.object(site), undone.jsonpath)) === undone.is
    })
    t.pass()
  })

  await t.test('is pruned', async (t) => {
    t.match(await site.final(await site.push(instance, prune.edit(files))), { state: 'success' })
    await until('it is gone', async () => {
      return (await look(site, prune.look.object(site), prune.look.jsonpath)) === ''
    })
    t.pass()
  })

  await t.test('is removed, and leaves nothing', async (t) => {
    await site.landfall('pause', site.name)
    const { code, stderr } = await site.landfall('remove', site.name, '--prune', '--data', '--yes')
    t.equal(code, 0, stderr)
    for (const object of objects(site)) {
      await until(`${object} is gone`, async () => {
        const found = await look(site, object, '{.kind}').catch(() => '')
        return found === ''
      })
    }
  })
}

for (const collection of collections) {
  test(`the collection: ${collection.name}`, (t) => play(t, collection))
}
