import { rm } from 'node:fs/promises'
import { type Test, test } from 'tap'
import type { CommitTree } from '../../src/domain/commit-tree.ts'
import { parseCommitSha } from '../../src/domain/revision.ts'
import { localSource } from '../../src/source/local-source.ts'
import { aRepository, aSource, noSignal } from '../support/a-source.ts'
import { anApplication } from '../support/an-application.ts'

async function bothTrees(t: Test): Promise<Readonly<Record<string, CommitTree>>> {
  const { repository, source } = await aRepository(t)
  await repository.commit({
    'base/a.yaml': 'a',
    'base/deep/b.yaml': 'bb',
    'base/link': { link: 'a.yaml' },
    'base/folder': { link: 'deep' },
  })
  const application = anApplication({ repo: repository.url })
  const tip = await source.fetchTip(application, noSignal)
  const local = localSource(repository.work, source)
  return {
    'a commit': source.openTree(application, tip, noSignal),
    'a working copy': local.openTree(
      application,
      await local.fetchTip(application, noSignal),
      noSignal,
    ),
  }
}

test('openTree', async (t) => {
  for (const [name, tree] of Object.entries(await bothTrees(t))) {
    await t.test(`of ${name} tells files, folders and links apart`, async (t) => {
      t.match(await tree.find('base/a.yaml'), { path: 'base/a.yaml', mode: '100644', size: 1 })
      t.match(await tree.find('base'), { path: 'base', mode: '040000', size: 0 })
      t.match(await tree.find(''), { path: '', mode: '040000' })
      t.match(await tree.find('base/link'), { mode: '120000' })
      for (const path of ['absent', 'base/a.yaml/x', 'base/folder/absent']) {
        t.equal(await tree.find(path), undefined, path)
      }
    })

    await t.test(`of ${name} lists what is below, and reads it`, async (t) => {
      const items = await tree.filesBelow('base')

      const paths = items.map(({ path }) => path)
      t.same(paths.sort(), ['base/a.yaml', 'base/deep/b.yaml', 'base/folder', 'base/link'])
      const read = async (path: string) => {
        const item = await tree.find(path)
        return item && (await tree.read(item)).toString()
      }
      t.equal(await read('base/deep/b.yaml'), 'bb')
      t.equal(await read('base/link'), 'a.yaml')
    })
  }

  await t.test('never takes a folder for a damaged mirror', async (t) => {
    const tree = (await bothTrees(t))['a commit']
    const folder = await tree?.find('base')
    if (tree === undefined || folder === undefined) throw new Error('there is such a folder')

    await t.rejects(tree.read(folder), { message: /base is no file/ })
    t.match(await tree.find('base/a.yaml'), { size: 1 })
  })
})

test('a mirror of a commit that is still in use stays, though nothing is fetched', async (t) => {
  const { dir, repository, source } = await aRepository(t)
  const sha = parseCommitSha(await repository.git('rev-parse', 'HEAD'))
  if (sha === undefined) throw new Error('that is a commit')
  const pin = { repo: repository.url, sha }
  await source.openPinned(pin, noSignal)
  await rm(repository.bare, { recursive: true })
  const after = (days: number) => {
    const now = () => Date.now() + days * 24 * 60 * 60 * 1000
    return aSource(dir, { clock: { now } }).openPinned(pin, noSignal)
  }

  await after(20)
  const tree = await after(45)
  t.match(await tree.find('apps'), { path: 'apps' })
  await t.rejects(after(80), { code: 'SOURCE_DENIED' }, 'a month after its last use it is gone')
})
