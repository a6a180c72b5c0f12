import fc from 'fast-check'
import { test } from 'tap'
import { parseTree } from '../../src/source/parse-tree.ts'
import { aRepository, noSignal } from '../support/a-source.ts'
import { anApplication } from '../support/an-application.ts'
import type { Files } from '../support/git-repository.ts'

const name = fc.constantFrom('a', 'a.b', 'a-b', 'b', 'ü', 'A', 'z z')
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'))

/** No file where another one needs a folder. */
const files = fc.uniqueArray(path, { minLength: 1, maxLength: 25 }).map((paths): Files => {
  const isFolder = (one: string) => paths.some((other) => other.startsWith(`${one}/`))
  return Object.fromEntries(paths.filter((one) => !isFolder(one)).map((one) => [one, one]))
})

test('a commit is listed as git ls-tree lists it', async (t) => {
  const { repository, source } = await aRepository(t)
  const application = anApplication({ repo: repository.url, path: '' })
  for (const some of fc.sample(files, 12)) {
    await repository.git('rm', '-rq', '.')
    await repository.commit(some)
    const tip = await source.fetchTip(application, noSignal)
    const listed = await source.readTree(application, tip, noSignal)
    const own = listed.files.map((file) => `${file.mode} ${file.oid} ${file.size} ${file.path}`)
    const text = await repository.git('ls-tree', '-r', '-z', '-l', 'HEAD')
    const byGit = text.split('\0').flatMap((row) => {
      const [, mode, oid, size, where] = /^(\d+) \w+ (\w+) +(\d+)\t(.*)$/.exec(row) ?? []
      return mode === undefined ? [] : [`${mode} ${oid} ${size} ${where}`]
    })
    t.strictSame(own, byGit, JSON.stringify(some))
  }
})

test('parseTree', async (t) => {
  await t.test('is undefined for what ends too early', async (t) => {
    const whole = Buffer.concat([Buffer.from('100644 a\0'), Buffer.alloc(20)])
    t.equal(parseTree(whole, 20)?.length, 1)
    for (let end = 1; end < whole.length; end += 1) {
      t.equal(parseTree(whole.subarray(0, end), 20), undefined)
    }
  })

  await t.test('ends, whatever it is given', async (t) => {
    const bytes = fc.uint8Array({ maxLength: 100 })
    fc.assert(fc.property(bytes, (content) => void parseTree(Buffer.from(content), 20)))
    t.pass('for a thousand of them')
  })
})

test('one process answers readers of one mirror at the same time', async (t) => {
  const { repository, source } = await aRepository(t)
  const application = anApplication({ repo: repository.url, path: '' })
  const large = Buffer.alloc(4 * 1024 * 1024, 'landfall\n')
  await repository.commit({ large, 'a.yaml': 'a: 1\n', 'b.yaml': 'b: 2\n' })
  const tip = await source.fetchTip(application, noSignal)
  const gone = new AbortController()

  const given = await source.readTree(application, tip, gone.signal)
  const kept = await source.readTree(application, tip, noSignal)
  const lost = given.files.map((file) => file.read())
  const read = kept.files.map((file) => file.read())
  setImmediate(() => gone.abort(new Error('superseded')))

  await t.test('and one who gives up takes nothing from the others', async (t) => {
    for (const one of lost) await t.rejects(one, { code: 'SOURCE_TIMEOUT' })
    const contents = await Promise.all(read)
    const at = kept.files.findIndex((file) => file.path === 'large')
    t.ok(contents[at]?.equals(large))
  })
})
