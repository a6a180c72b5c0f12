import { createHash } from 'node:crypto'
import { readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import { createSecret } from '../../../src/domain/secret.ts'
import { createArchiveCache } from '../../../src/source/charts/archive-cache.ts'

const contentOf = (text: string) => Buffer.from(text.padEnd(100))
const nameOf = (text: string) => createHash('sha256').update(contentOf(text)).digest('hex')

test('archives are kept by their digest', async (t) => {
  const dir = join(t.testdir(), 'charts')
  const cache = createArchiveCache(dir, 1000)
  t.equal(await cache.get(nameOf('a'), undefined), undefined)

  await cache.put(nameOf('a'), undefined, contentOf('a'))

  t.same(await cache.get(nameOf('a'), undefined), contentOf('a'))
  t.same(await readdir(dir), [`${nameOf('a')}.tgz`])
})

test('an archive that is damaged is not found', async (t) => {
  const dir = t.testdir()
  const cache = createArchiveCache(dir, 1000)
  await cache.put(nameOf('a'), undefined, contentOf('a'))
  await writeFile(join(dir, `${nameOf('a')}.tgz`), contentOf('b'))

  t.equal(await cache.get(nameOf('a'), undefined), undefined)
})

test('the archive that was not used for the longest time makes room', async (t) => {
  const dir = t.testdir()
  const cache = createArchiveCache(dir, 300)
  for (const [age, text] of ['a', 'b', 'c'].entries()) {
    await cache.put(nameOf(text), undefined, contentOf(text))
    await utimes(join(dir, `${nameOf(text)}.tgz`), 100 + age, 100 + age)
  }
  await cache.get(nameOf('a'), undefined)

  await cache.put(nameOf('d'), undefined, contentOf('d'))

  const kept = await Promise.all(
    ['a', 'b', 'c', 'd'].map((text) => cache.get(nameOf(text), undefined)),
  )
  t.same(kept, [contentOf('a'), undefined, contentOf('c'), contentOf('d')])
})

test('an archive is found with the credential it was fetched with, and no other', async (t) => {
  const dir = t.testdir()
  const cache = createArchiveCache(dir, 1000)
  const mine = { username: 'a', token: createSecret('token-of-a') }
  await cache.put(nameOf('a'), mine, contentOf('a'))

  t.same(await cache.get(nameOf('a'), { ...mine }), contentOf('a'))
  t.equal(await cache.get(nameOf('a'), undefined), undefined)
  t.equal(await cache.get(nameOf('a'), { ...mine, username: 'b' }), undefined)
  t.equal(await cache.get(nameOf('a'), { ...mine, token: createSecret('token') }), undefined)
  t.notMatch((await readdir(dir)).join(), 'token-of-a')
})
