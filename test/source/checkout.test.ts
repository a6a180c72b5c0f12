import { lstat, readdir, readFile, readlink, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import { StageError } from '../../src/domain/error.ts'
import { aRepository, aSource, noSignal } from '../support/a-source.ts'
import { anApplication } from '../support/an-application.ts'

test('checkout', async (t) => {
  await t.test('is the whole commit, read-only and private', async (t) => {
    const { repository, source } = await aRepository(t)
    const application = anApplication({ repo: repository.url })
    await repository.commit({ 'base/x': 'base', '.gitattributes': '* text eol=crlf ident\n' })
    const tip = await source.fetchTip(application, noSignal)

    const checkout = await source.checkout(application, tip, noSignal)
    const { root } = checkout

    const names = await readdir(root, { recursive: true })
    t.same(names.sort(), [
      '.gitattributes',
      'apps',
      'apps/task-agent',
      'apps/task-agent/config.yaml',
      'base',
      'base/x',
    ])
    t.equal(await readFile(join(root, 'base/x'), 'utf8'), 'base')
    t.equal((await stat(join(root, 'base/x'))).mode & 0o777, 0o400)
    t.equal((await stat(join(root, 'base'))).mode & 0o777, 0o500)
    t.equal((await stat(join(root, '..'))).mode & 0o777, 0o700)
    await checkout.dispose()
    await t.rejects(stat(root), { code: 'ENOENT' })
  })

  await t.test('can be of some files and folders alone', async (t) => {
    const { repository, source } = await aRepository(t)
    const application = anApplication({ repo: repository.url })
    await repository.commit({
      'base/x': 'base',
      'base/deep/y': 'y',
      'base/out': { link: '/etc/passwd' },
      'other/z': 'z',
      'apps/task-agent/link': { link: '../../base/x' },
      'apps/task-agent/left': { link: '../../other/z' },
    })
    const tip = await source.fetchTip(application, noSignal)
    const paths = ['base', 'base/deep/y', 'apps/task-agent/link', 'apps/task-agent/left', 'absent']

    const { root, dispose } = await source.checkout(application, tip, noSignal, { paths })
    t.teardown(dispose)

    const names = await readdir(root, { recursive: true })
    const links = ['apps', 'apps/task-agent', 'apps/task-agent/link']
    t.same(names.sort(), [...links, 'base', 'base/deep', 'base/deep/y', 'base/x'])
    t.equal(await readFile(join(root, 'apps/task-agent/link'), 'utf8'), 'base')
  })

  await t.test('has files of ours in the place of those of the commit', async (t) => {
    const { repository, source } = await aRepository(t)
    const application = anApplication({ repo: repository.url })
    await repository.commit({ 'apps/task-agent/link': { link: 'config.yaml' } })
    const tip = await source.fetchTip(application, noSignal)
    const ours = ['apps/task-agent/config.yaml', 'apps/task-agent/link', 'more/new']
    const added = new Map(ours.map((path) => [path, Buffer.from(`our ${path}`)]))

    const { root, dispose } = await source.checkout(application, tip, noSignal, { added })
    t.teardown(dispose)

    for (const path of ours) t.equal(await readFile(join(root, path), 'utf8'), `our ${path}`)
    t.ok((await lstat(join(root, 'apps/task-agent/link'))).isFile())
  })

  await t.test('holds the bytes of the commit, whatever attributes and filters say', async (t) => {
    const { repository, source } = await aRepository(t)
    const application = anApplication({ repo: repository.url })
    await repository.commit({ a: 'x\n$Id$\n' })
    await repository.commit({ '.gitattributes': '* eol=crlf ident filter=lfs\n' })
    const tip = await source.fetchTip(application, noSignal)
    const checkout = await source.checkout(application, tip, noSignal)
    t.teardown(() => checkout.dispose())
    const { root } = checkout

    t.equal(await readFile(join(root, 'a'), 'utf8'), 'x\n$Id$\n')
  })

  await t.test('keeps symbolic links that stay inside', async (t) => {
    const { repository, source } = await aRepository(t)
    const application = anApplication({ repo: repository.url })
    await repository.commit({
      'base/values.yaml': 'a: 1',
      'apps/task-agent/values.yaml': { link: '../../base/values.yaml' },
      'apps/base': { link: '../base' },
    })
    const tip = await source.fetchTip(application, noSignal)
    const checkout = await source.checkout(application, tip, noSignal)
    t.teardown(() => checkout.dispose())
    const { root } = checkout

    t.equal(await readlink(join(root, 'apps/base')), '../base')
    t.equal(await readFile(join(root, 'apps/task-agent/values.yaml'), 'utf8'), 'a: 1')
  })

  const outward = {
    'to an absolute path': { 'apps/task-agent/values.yaml': { link: '/etc/passwd' } },
    'above the root': { 'apps/task-agent/values.yaml': { link: '../../../secret' } },
    'through a link that stays inside': {
      deep: { link: 'apps/task-agent' },
      'a/b/down': { link: '../../deep/..' },
      'apps/task-agent/up': { link: 'x/../../../..' },
    },
    'through a folder link': {
      'apps/task-agent/r': { link: '../../top' },
      'top/x': '',
      'apps/task-agent/f': { link: 'r/../..' },
    },
  }
  for (const [title, files] of Object.entries(outward)) {
    await t.test(`C4: refuses a symbolic link ${title}`, async (t) => {
      const { dir, repository, source } = await aRepository(t)
      const application = anApplication({ repo: repository.url })
      await repository.commit(files)
      const tip = await source.fetchTip(application, noSignal)

      const error: unknown = await source
        .checkout(application, tip, noSignal)
        .catch((cause: unknown) => cause)

      t.ok(error instanceof StageError)
      t.match(error, { code: 'SOURCE_REFUSED' })
      t.notMatch(JSON.stringify(error), /passwd|secret/)
      t.same(await readdir(join(dir, 'data', 'tmp')), [])
    })
  }

  await t.test('C4: leaves out an outward link that is not below the path', async (t) => {
    const { repository, source } = await aRepository(t)
    const application = anApplication({ repo: repository.url })
    await repository.commit({
      'other/link': { link: '/etc/passwd' },
      'other/dangling': { link: 'nowhere' },
      'other/loop': { link: 'loop' },
    })
    const tip = await source.fetchTip(application, noSignal)
    const checkout = await source.checkout(application, tip, noSignal)
    t.teardown(() => checkout.dispose())
    const { root } = checkout

    t.same(await readdir(join(root, 'other')), [])
  })

  await t.test('C3: brings no submodule and runs no hook', async (t) => {
    const { dir, repository, source } = await aRepository(t)
    const application = anApplication({ repo: repository.url })
    const sha = await repository.git('rev-parse', 'HEAD')
    await repository.git('update-index', '--add', '--cacheinfo', `160000,${sha},sub`)
    const modules = '[submodule "sub"]\n\tpath = sub\n\turl = ../deploy.git\n'
    await repository.commit({ '.gitmodules': modules, '.githooks/post-checkout': 'touch marker' })
    await repository.git('update-index', '--add', '--cacheinfo', `160000,${sha},sub`)
    await repository.git('commit', '-q', '-m', 'submodule')
    await repository.git('push', '-q', 'origin', 'main')
    const tip = await source.fetchTip(application, noSignal)
    const checkout = await source.checkout(application, tip, noSignal)
    t.teardown(() => checkout.dispose())
    const { root } = checkout

    t.notOk((await readdir(root)).includes('sub'))
    t.notOk((await readdir(dir, { recursive: true })).some((name) => name.includes('marker')))
  })

  await t.test(
    'C3: git refuses a commit whose tree leads into .git (CVE-2024-32002)',
    async (t) => {
      const { repository, source } = await aRepository(t)
      const application = anApplication({ repo: repository.url })
      const blob = await repository.git('hash-object', '-w', 'apps/task-agent/config.yaml')
      const tree = await repository.writeTree(`100755 blob ${blob}\tpost-checkout\n`)
      const hooks = await repository.writeTree(`040000 tree ${tree}\thooks\n`)
      const top = await repository.writeTree(`040000 tree ${hooks}\t.git\n`)
      const commit = await repository.git('commit-tree', '-m', 'evil', top)
      await repository.git('push', '-q', '--force', 'origin', `${commit}:refs/heads/main`)

      await t.rejects(source.fetchTip(application, noSignal), { code: 'SOURCE_REFUSED' })
    },
  )

  await t.test('C5: nothing is ever written outside the data folder', async (t) => {
    const { dir, repository } = await aRepository(t)
    const source = aSource(dir)
    const before = (await readdir(dir)).filter((name) => name !== 'data').sort()
    const names = ['../../x', '..%2f', 'a\0b', 'x'.repeat(4096)]
    for (const name of names) {
      const application = anApplication({ repo: repository.url, name, branch: name, path: name })
      await t.rejects(source.fetchTip(application, noSignal), { message: /^SOURCE_/ })
    }
    await t.rejects(source.fetchTip(anApplication({ repo: `${repository.url}/../../x` }), noSignal))

    t.same((await readdir(dir)).filter((name) => name !== 'data').sort(), before)
  })

  await t.test('is removed when the caller gives up', async (t) => {
    const { dir, repository, source } = await aRepository(t)
    const application = anApplication({ repo: repository.url })
    const tip = await source.fetchTip(application, noSignal)

    await t.rejects(source.checkout(application, tip, AbortSignal.abort()), {
      code: 'SOURCE_TIMEOUT',
    })
    t.same(await readdir(join(dir, 'data', 'tmp')), [])
  })

  await t.test('removes what a dead process left, at the first call', async (t) => {
    const { dir, repository, source } = await aRepository(t)
    const application = anApplication({ repo: repository.url })
    const tip = await source.fetchTip(application, noSignal)
    const { root } = await source.checkout(application, tip, noSignal)
    const own = join(root, '..')
    const [host = '', , start = ''] = own.split('/').at(-1)?.split('.') ?? []
    const abandoned = join(own, '..', `${host}.${process.pid}.${Number(start) - 1}.gone00`)
    await repository.git('clone', '-q', repository.bare, abandoned)

    await aSource(dir).localTip(application)

    await t.rejects(lstat(abandoned), { code: 'ENOENT' })
    t.ok(await lstat(root))
  })
})
