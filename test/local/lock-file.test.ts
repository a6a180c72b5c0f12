import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import { claimFile } from '../../src/local/lock-file.ts'
import { processStart, thisProcess } from '../../src/local/process-identity.ts'

const self = thisProcess('test')

test('a claimed file', async (t) => {
  await t.test('is busy until it is released', async (t) => {
    const file = join(t.testdir(), 'lock')
    const claim = await claimFile(file, self)

    t.same(await claimFile(file, self), { kind: 'busy', holder: self })
    if (claim.kind === 'held') await claim.release()
    t.equal((await claimFile(file, self)).kind, 'held')
  })

  await t.test('is held by one of many that ask at once', async (t) => {
    const dir = t.testdir()
    const claims = await Promise.all(
      Array.from({ length: 20 }, async () => claimFile(join(dir, 'lock'), self)),
    )

    t.equal(claims.filter(({ kind }) => kind === 'held').length, 1)
    t.same(await readdir(dir), ['lock'])
  })

  await t.test('of a process that has ended is free', async (t) => {
    const file = join(t.testdir(), 'lock')
    const child = spawn('sleep', ['1000'])
    const pid = child.pid ?? 0
    const started = processStart(pid) ?? ''
    await claimFile(file, { name: 'child', pid, started })
    t.equal((await claimFile(file, self)).kind, 'busy')
    child.kill()
    await once(child, 'exit')

    t.equal((await claimFile(file, self)).kind, 'held')
  })

  await t.test('of another process with the same pid is free', async (t) => {
    const file = join(t.testdir(), 'lock')
    await claimFile(file, { ...self, started: 'long ago' })

    t.equal((await claimFile(file, self)).kind, 'held')
  })

  await t.test('that says nothing sensible is free', async (t) => {
    const file = join(t.testdir(), 'lock')
    await writeFile(file, '{"pid":')

    t.equal((await claimFile(file, self)).kind, 'held')
  })
})
