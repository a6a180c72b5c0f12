import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { systemClock } from '../../src/domain/clock.ts'
import { probeGit } from '../../src/source/probe-git.ts'

const systemPath = '/usr/local/bin:/usr/bin:/bin'

function probe(t: Test, path = systemPath) {
  const dir = join(t.testdir(), 'probe')
  return probeGit({ dir, path, clock: systemClock, signal: new AbortController().signal })
}

/** A git that does before its work what a hole would come to. */
async function probeWith(t: Test, script: string) {
  const bin = join(t.testdir(), 'bin')
  await mkdir(bin, { recursive: true })
  await writeFile(join(bin, 'git'), `#!/bin/sh\n${script}\n`)
  await chmod(join(bin, 'git'), 0o755)
  const dir = join(bin, '..', 'probe')
  const path = `${bin}:${systemPath}`
  return probeGit({ dir, path, clock: systemClock, signal: new AbortController().signal })
}

const git = 'PATH=/usr/local/bin:/usr/bin:/bin exec git'

test('C3: the known holes of git', async (t) => {
  await t.test('are closed in the one of this machine', async (t) => {
    const { version, holes } = await probe(t)

    t.match(version, /^\d+\.\d+/)
    t.strictSame(holes, [])
  })

  await t.test('are found where it speaks what is forbidden to it', async (t) => {
    const { holes } = await probeWith(t, `export GIT_ALLOW_PROTOCOL=ext:file:http; ${git} "$@"`)

    t.strictSame(holes, ['it speaks protocols that are forbidden to it'])
  })

  await t.test('are found where it resolves the host itself', async (t) => {
    const { holes } = await probeWith(t, `${git} -c http.curloptResolve= "$@"`)

    t.match(holes, ['it does not connect to the address that was checked'])
  })

  await t.test('are found where it follows redirects', async (t) => {
    const { holes } = await probeWith(t, `${git} -c http.followRedirects=true "$@"`)

    t.strictSame(holes, ['it follows redirects, with the token'])
  })

  await t.test('are found where it misreads a carriage return', async (t) => {
    const script = `case "$*" in *probe.value) echo a ;; *) ${git} "$@" ;; esac`
    const { holes } = await probeWith(t, script)

    t.strictSame(holes, ['it misreads a carriage return (CVE-2025-48384)'])
  })

  await t.test('are found where it does not check what it receives', async (t) => {
    const off = '-c fetch.fsckObjects=false -c transfer.fsckObjects=false'
    const { holes } = await probeWith(t, `${git} ${off} "$@"`)

    t.strictSame(holes, ['it takes hostile objects unchecked (fetch.fsckObjects)'])
  })

  await t.test('cannot be looked for without a git', async (t) => {
    await t.rejects(probe(t, t.testdir()), { code: 'TOOL_MISSING' })
  })
})
