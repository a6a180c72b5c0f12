import { test } from 'tap'
import { configMapFiles } from '../support/manifests.ts'
import { type SyncBench, syncBench } from '../support/sync-bench.ts'

const names = async (bench: SyncBench): Promise<string[]> => {
  const out = await bench.kubectl('get', 'cm', '-o', 'jsonpath={.items[*].metadata.name}')
  return out.split(' ').filter((name) => name !== 'kube-root-ca.crt')
}

test('pruning', async (t) => {
  await t.test('removing a manifest prunes its object and nothing else', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit(configMapFiles(4))
    await bench.sync('push')
    await bench.kubectl('create', 'cm', 'mine')
    await bench.repository.commit({ 'app/c2.yaml': null })

    const { record } = await bench.sync('push')

    t.match(record.changes, [{ action: 'deleted', ref: { name: 'c2' } }])
    t.strictSame(await names(bench), ['c0', 'c1', 'c3', 'mine'])
  })

  await t.test('E8: removing all manifests prunes nothing and says what to do', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit({ ...configMapFiles(2), 'app/readme.md': '' })
    await bench.sync('push')
    await bench.repository.commit({ 'app/c0.yaml': null, 'app/c1.yaml': null })

    const { record } = await bench.sync('push')

    t.equal(record.failure?.code, 'PRUNE_REFUSED', record.message)
    t.match(record.message, 'Landfall-Allow-Prune: true')
    t.strictSame(await names(bench), ['c0', 'c1'])

    await bench.repository.commit({}, { message: 'remove all\n\nLandfall-Allow-Prune: true' })
    const allowed = await bench.sync('push')
    t.equal(allowed.record.counts.deleted, 2, allowed.record.message)
    t.strictSame(await names(bench), [])
  })

  await t.test('E8: most objects at once are not pruned unasked', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit(configMapFiles(20))
    await bench.sync('push')
    const gone = Object.keys(configMapFiles(11)).map((file) => [file, null] as const)
    await bench.repository.commit(Object.fromEntries(gone))

    const { record } = await bench.sync('push')

    t.equal(record.failure?.code, 'PRUNE_REFUSED', record.message)
    t.equal((await names(bench)).length, 20)
  })

  await t.test('E8: a folder that is gone, or does not render, prunes nothing', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit(configMapFiles(2))
    await bench.sync('push')
    await bench.repository.commit({ 'app/c0.yaml': 'kind: [' })
    const broken = await bench.sync('push')
    await bench.repository.git('rm', '-q', '-r', 'app')
    await bench.repository.commit({ 'readme.md': 'moved' })
    const gone = await bench.sync('push')

    t.equal(broken.record.failure?.code, 'RENDER_INVALID', broken.record.message)
    t.equal(gone.record.failure?.code, 'SOURCE_PATH_GONE', gone.record.message)
    t.strictSame(await names(bench), ['c0', 'c1'])
  })

  await t.test(
    'an object annotated against it, or made anew by somebody else, stays',
    async (t) => {
      const bench = await syncBench(t)
      await bench.repository.commit(configMapFiles(3))
      await bench.sync('push')
      await bench.kubectl('annotate', 'cm', 'c0', 'landfall.dev/prune=disabled')
      await bench.kubectl('delete', 'cm', 'c1')
      await bench.kubectl('create', 'cm', 'c1')
      await bench.repository.commit({ 'app/c0.yaml': null, 'app/c1.yaml': null })

      const { record } = await bench.sync('push')

      t.strictSame(await names(bench), ['c0', 'c1', 'c2'])
      t.match(record.changes, [
        { action: 'skipped', ref: { name: 'c0' }, message: /annotation on it forbids pruning/ },
        { action: 'skipped', ref: { name: 'c1' }, message: /somebody else made it anew/ },
      ])
    },
  )

  await t.test(
    'a deleted branch deletes nothing, and drift is still healed from the mirror',
    async (t) => {
      const bench = await syncBench(t)
      await bench.repository.commit(configMapFiles(2))
      await bench.sync('push')
      await bench.repository.git('push', '-q', 'origin', '--delete', 'main').catch(() => undefined)
      await bench.repository.git('-C', bench.repository.bare, 'update-ref', '-d', 'refs/heads/main')
      await bench.kubectl('delete', 'cm', 'c1')

      const { record, status } = await bench.sync('sweep')

      t.strictSame(await names(bench), ['c0', 'c1'])
      t.match(record.drift, [{ type: 'missing', healed: true }])
      t.match(status.message, /branch main/)
    },
  )
})
