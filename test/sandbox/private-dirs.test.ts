import { spawnSync } from 'node:child_process'
import { chmod, mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { test } from 'tap'
import { createPrivateDirs } from '../../src/sandbox/private-dirs.ts'

const now = Date.UTC(2026, 0, 2)
const clock = { now: () => now }

test('a private folder', async (t) => {
  const root = join(t.testdir(), 'tmp')
  const dirs = createPrivateDirs(root, clock)

  await t.test('is open to its owner only', async (t) => {
    const dir = await dirs.make()

    t.equal((await stat(dir)).mode & 0o777, 0o700)
    t.equal((await stat(root)).mode & 0o777, 0o700)
  })

  await t.test('is removed with read-only folders and files in it', async (t) => {
    const dir = await dirs.make()
    await mkdir(join(dir, 'sub'))
    await writeFile(join(dir, 'sub', 'file'), '', { mode: 0o400 })
    await chmod(join(dir, 'sub'), 0o500)

    await dirs.remove(dir)

    t.notOk((await readdir(root)).includes(basename(dir)))
  })
})

test('a sweep', async (t) => {
  const root = t.testdir()
  const dirs = createPrivateDirs(root, clock)
  const own = basename(await dirs.make())
  const [host = '', pid = '', start = ''] = own.split('.')
  const dead = spawnSync(process.execPath, ['-e', '']).pid

  async function leave(name: string, ageMs: number): Promise<string> {
    await mkdir(join(root, name))
    await utimes(join(root, name), (now - ageMs) / 1000, (now - ageMs) / 1000)
    return name
  }

  const kept = [
    own,
    await leave(`${host}.${process.ppid}.1.aaaaaa`, 1e9),
    await leave('otherhost.1.1.bbbbbb', 60_000),
  ]
  await leave(`${host}.${dead}.1.cccccc`, 0)
  await leave(`${host}.${pid}.${Number(start) - 1}.dddddd`, 0)
  await leave('otherhost.1.1.eeeeee', 25 * 60 * 60 * 1000)

  await dirs.sweep()

  t.same((await readdir(root)).sort(), kept.sort(), 'what living processes use stays')
})
