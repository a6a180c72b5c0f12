import { test } from 'tap'
import { parseCommitSha } from '../../src/domain/revision.ts'
import { aRepository, noSignal } from '../support/a-source.ts'
import { anApplication } from '../support/an-application.ts'

test('pathTree', async (t) => {
  const { repository, source } = await aRepository(t)
  await repository.commit({ 'apps/file': 'x', 'apps/link': { link: 'task-agent' } })
  const application = anApplication({ repo: repository.url })
  const tip = await source.fetchTip(application, noSignal)

  await t.test('is the id of the folder, or of the whole commit', async (t) => {
    const id = await repository.git('rev-parse', 'HEAD:apps/task-agent')
    t.equal(await source.pathTree(application, tip), id)
    t.equal(await source.pathTree({ ...application, path: '' }, tip), tip.rootTree)
  })

  await t.test('names a path that is not there or is no folder', async (t) => {
    for (const path of ['absent', 'apps/file', 'apps/link', 'apps/link/config.yaml']) {
      await t.rejects(source.pathTree({ ...application, path }, tip), {
        code: 'SOURCE_PATH_GONE',
        message: new RegExp(`path ${path} `),
      })
    }
  })

  await t.test('C2, C5: takes no path that leads out or is an option', async (t) => {
    const hostile = [
      '../x',
      'a/../../x',
      '/etc',
      '--output=x',
      '.git',
      'a/.GIT/config',
      'a\0b',
      'a//b',
      './a',
    ]
    for (const path of [...hostile, 'a'.repeat(4096)]) {
      const { code } = { code: 'SOURCE_REFUSED' }
      await t.rejects(source.pathTree({ ...application, path }, tip), { code }, path.slice(0, 20))
      await t.rejects(source.readTree({ ...application, path }, tip, noSignal), { code })
    }
  })

  await t.test('takes pattern characters as they are', async (t) => {
    await t.rejects(source.pathTree({ ...application, path: 'apps/*' }, tip), {
      code: 'SOURCE_PATH_GONE',
    })
  })
})

test('localRevision and isAncestor', async (t) => {
  const { repository, source } = await aRepository(t)
  const application = anApplication({ repo: repository.url })
  const first = await source.fetchTip(application, noSignal)
  await repository.commit({ a: '2' })
  const second = await source.fetchTip(application, noSignal)
  const unknown = parseCommitSha('f'.repeat(40))
  if (unknown === undefined) throw new Error('not an id')

  t.same(await source.localRevision(application, first.sha), first)
  t.equal(await source.localRevision(application, unknown), undefined)
  t.equal(await source.isAncestor(application, first.sha, second.sha), true)
  t.equal(await source.isAncestor(application, first.sha, first.sha), true)
  t.equal(await source.isAncestor(application, second.sha, first.sha), false)
  t.equal(await source.isAncestor(application, unknown, first.sha), false)
  await t.rejects(source.isAncestor(application, first.sha, unknown), {
    code: 'SOURCE_REVISION_GONE',
  })
})

test('readTree', async (t) => {
  const { repository, source } = await aRepository(t)
  const binary = Buffer.from(Array.from({ length: 100_000 }, (_, index) => (index * 7) % 256))
  const application = anApplication({ repo: repository.url, path: 'app' })
  await repository.commit({
    'app/a.yaml': 'a: 1\n',
    'app/sub/b.yaml': '',
    'app/ü \t"x".yaml': 'c',
    'app/binary': binary,
    'app/link.yaml': { link: '/etc/passwd' },
    'apple/other.yaml': 'no',
    'other.yaml': 'no',
  })
  const tip = await source.fetchTip(application, noSignal)
  const { files } = await source.readTree(application, tip, noSignal)

  await t.test('lists what is below the path with mode and size', async (t) => {
    const listed = files.map(({ path, mode, size }) => [path, mode, size])
    t.same(listed, [
      ['app/a.yaml', '100644', 5],
      ['app/binary', '100644', 100_000],
      ['app/link.yaml', '120000', 11],
      ['app/sub/b.yaml', '100644', 0],
      ['app/ü \t"x".yaml', '100644', 1],
    ])
  })

  await t.test('reads every byte, and a link as its target', async (t) => {
    const contents = await Promise.all(files.map((file) => file.read()))

    t.same(contents[0], Buffer.from('a: 1\n'))
    t.ok(contents[1]?.equals(binary))
    t.same(contents[2], Buffer.from('/etc/passwd'))
    t.same(contents[3], Buffer.from(''))
    t.same(contents[4], Buffer.from('c'))
  })

  await t.test('reads again later, and twice the same', async (t) => {
    const [file] = files
    const contents = await Promise.all([file?.read(), file?.read()])

    t.same(contents.map(String), ['a: 1\n', 'a: 1\n'])
  })

  await t.test('lists the whole commit for the root', async (t) => {
    const all = await source.readTree({ ...application, path: '' }, tip, noSignal)

    t.equal(all.files.length, 8)
  })

  await t.test('reads a file that is larger than a pipe', async (t) => {
    const large = Buffer.alloc(8 * 1024 * 1024, 'landfall\n')
    await repository.commit({ 'app/large': large })
    const next = await source.fetchTip(application, noSignal)
    const tree = await source.readTree(application, next, noSignal)

    const file = tree.files.find(({ path }) => path === 'app/large')
    t.ok((await file?.read())?.equals(large))
  })

  await t.test('fails every reader when the caller gives up', async (t) => {
    const controller = new AbortController()
    const tree = await source.readTree(application, tip, controller.signal)
    const reading = tree.files.map((file) => file.read())
    controller.abort(new Error('superseded'))

    for (const one of reading) await t.rejects(one, { code: 'SOURCE_TIMEOUT' })
  })
})
