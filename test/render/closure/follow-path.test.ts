import { lstat, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import fc from 'fast-check'
import { test } from 'tap'
import { followPath } from '../../../src/render/closure/follow-path.ts'
import { treeOf } from '../../support/a-render.ts'

const tree = treeOf({
  'app/a.yaml': 'a',
  'app/link.yaml': { link: '../base/b.yaml' },
  'app/folder': { link: '../base' },
  'app/absolute': { link: '/etc/passwd' },
  'app/up': { link: '../../x' },
  'app/loop': { link: 'loop' },
  'app/dangling': { link: 'nothing' },
  'app/slash': { link: 'a.yaml/.' },
  'base/b.yaml': 'b',
  'base/back': { link: '../app/folder/b.yaml' },
})

async function follow(from: string, path: string): Promise<string> {
  const followed = await followPath(tree, from, path)
  return 'item' in followed ? `${followed.kind} ${followed.item.path}` : followed.kind
}

test('a path of a commit is followed through its links', async (t) => {
  t.equal(await follow('app', 'a.yaml'), 'file app/a.yaml')
  t.equal(await follow('app', './/a.yaml'), 'file app/a.yaml')
  t.equal(await follow('app', '..'), 'folder ')
  t.equal(await follow('app', '../base'), 'folder base')
  t.equal(await follow('app', 'link.yaml'), 'file base/b.yaml')
  t.equal(await follow('app', 'folder/back'), 'file base/b.yaml')
  t.equal(await follow('app', 'folder'), 'folder base')
  t.equal(await follow('', 'app/folder/../a.yaml'), 'file app/a.yaml', 'cleaned first')
})

test('a path that ends nowhere is missing', async (t) => {
  for (const path of ['nothing', 'a.yaml/b', 'dangling', 'loop', 'slash', 'folder/nothing']) {
    t.equal(await follow('app', path), 'missing', path)
  }
})

test('C4: a path out of the commit is outside', async (t) => {
  for (const path of ['../..', '../../x', '/etc/passwd', 'absolute', 'up']) {
    t.equal(await follow('app', path), 'outside', path)
  }
})

test('a path leads where the file system leads', async (t) => {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'landfall-test-')))
  t.teardown(() => rm(root, { recursive: true }))
  const name = fc.constantFrom('a', 'b', 'c')
  const steps = fc.array(fc.constantFrom('a', 'b', 'c', '..', '.'), { minLength: 1, maxLength: 4 })
  const file = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'))
  const link = steps.map((parts) => ({ link: parts.join('/') }))
  const entries = fc.dictionary(file, fc.oneof(fc.constant('x'), link), { maxKeys: 6 })
  let round = 0

  await fc.assert(
    fc.asyncProperty(entries, steps, async (wanted, path) => {
      const files = Object.fromEntries(
        Object.entries(wanted).filter(
          ([one]) => !Object.keys(wanted).some((other) => one.startsWith(`${other}/`)),
        ),
      )
      round += 1
      const base = join(root, String(round), 'commit')
      await mkdir(base, { recursive: true })
      for (const [one, content] of Object.entries(files)) {
        await mkdir(dirname(join(base, one)), { recursive: true })
        if (typeof content === 'string') await writeFile(join(base, one), content)
        else await symlink(content.link, join(base, one))
      }

      const followed = await followPath(treeOf(files), '', path.join('/'))

      const real = await realpath(join(base, path.join('/'))).catch(() => undefined)
      if ('item' in followed) {
        const isFolder = (await lstat(join(base, followed.item.path))).isDirectory()
        return real === join(base, followed.item.path) && isFolder === (followed.kind === 'folder')
      }
      return real === undefined || relative(base, real).startsWith('..')
    }),
    { numRuns: 300 },
  )
  t.pass()
})
