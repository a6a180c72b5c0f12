import { rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { watchChanges } from '../../src/config/watch-changes.ts'

function watching(t: Test, files: readonly string[], settleMs = 1) {
  const changes = watchChanges({ intervalMs: 10, settleMs })
  t.teardown(() => changes.close())
  changes.watch(files)
  const iterator = changes[Symbol.asyncIterator]()
  return { changes, next: () => iterator.next() }
}

test('changes of the configuration', async (t) => {
  await t.test('are told of a file that is written', async (t) => {
    const file = join(t.testdir({ 'landfall.yaml': 'a' }), 'landfall.yaml')
    const { next } = watching(t, [file])
    const told = next()
    await writeFile(file, 'bc')

    t.strictSame(await told, { done: false, value: undefined })
  })

  await t.test('are told of a file that is replaced, as editors do', async (t) => {
    const dir = t.testdir({ 'landfall.yaml': 'a', '.new': 'b' })
    const { next } = watching(t, [join(dir, 'landfall.yaml')])
    const told = next()
    await rename(join(dir, '.new'), join(dir, 'landfall.yaml'))

    t.equal((await told).done, false)
  })

  await t.test('are told of a link that leads elsewhere, as in a mounted Secret', async (t) => {
    const dir = t.testdir({ v1: { token: 'a' }, v2: { token: 'b' } })
    await symlink('v1', join(dir, '..data'))
    await symlink('..data/token', join(dir, 'token'))
    const { next } = watching(t, [join(dir, 'token')])
    const told = next()
    await symlink('v2', join(dir, '..tmp'))
    await rename(join(dir, '..tmp'), join(dir, '..data'))

    t.equal((await told).done, false)
  })

  await t.test('are told of a file that comes and of one that goes', async (t) => {
    const file = join(t.testdir({}), 'token')
    const { next } = watching(t, [file])
    const came = next()
    await writeFile(file, 'a')
    t.equal((await came).done, false)
    const went = next()
    await rm(file)

    t.equal((await went).done, false)
  })

  await t.test('many at once are one, and one during the work is not lost', async (t) => {
    const { changes, next } = watching(t, [])
    for (let many = 0; many < 5; many += 1) changes.announce()
    await next()
    changes.announce()
    await next()
    changes.close()

    t.equal((await next()).done, true)
  })

  await t.test('of files that are no longer named are none', async (t) => {
    const dir = t.testdir({ old: 'a', new: 'a' })
    const { changes, next } = watching(t, [join(dir, 'old')])
    changes.watch([join(dir, 'new')])
    const told = next()
    let isTold = false
    void told.then(() => {
      isTold = true
    })
    await writeFile(join(dir, 'old'), 'bc')
    const other = watching(t, [join(dir, 'old')])
    const seen = other.next()
    await writeFile(join(dir, 'old'), 'bcd')
    await seen

    t.equal(isTold, false)
    await writeFile(join(dir, 'new'), 'bc')
    t.equal((await told).done, false)
  })

  await t.test('end when they are closed while somebody waits', async (t) => {
    const { changes, next } = watching(t, [], 60_000)
    const told = next()
    changes.announce()
    changes.close()

    t.equal((await told).done, true)
  })
})
