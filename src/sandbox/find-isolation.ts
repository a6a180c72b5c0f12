import { findProgram } from './find-program.ts'
import type { Guard } from './guard.ts'
import { isolate } from './isolate.ts'
import type { Isolation } from './isolation.ts'
import type { PrivateDirs } from './private-dirs.ts'
import { runChild } from './run-child.ts'

/**
 * The most that this machine grants, found by trying: containers and distributions refuse
 * namespaces in ways that no version and no setting tells.
 */
export async function findIsolation(guard: Guard, temp: PrivateDirs): Promise<Isolation> {
  if (process.platform !== 'linux') return { kind: 'none', prlimit: undefined }
  const prlimit = findProgram('prlimit', ['--core=0', '--', '/bin/sh', '-c', ':'])
  for (const isolation of candidates(prlimit)) {
    if (await isGranted(isolation, guard, temp)) return isolation
  }
  return { kind: 'none', prlimit }
}

function candidates(prlimit: string | undefined): readonly Isolation[] {
  const unshare = findProgram('unshare', ['--version'])
  const mount = findProgram('mount', ['--version'])
  if (prlimit === undefined || unshare === undefined) return []
  const ways = [true, false].map((countsProcesses) => ({ prlimit, unshare, countsProcesses }))
  const full = ways.flatMap((way) =>
    mount === undefined ? [] : [{ kind: 'full' as const, mount, ...way }],
  )
  return [...full, ...ways.map((way) => ({ kind: 'network' as const, ...way }))]
}

// A limit that counts our own threads too has no room for three processes.
const caps = { memoryBytes: 1024 ** 3, cpuSeconds: 5, fileBytes: 1024 ** 2, processes: 4 }

async function isGranted(isolation: Isolation, guard: Guard, temp: PrivateDirs): Promise<boolean> {
  const own = await temp.make()
  try {
    const trial = {
      file: '/bin/sh',
      args: () => ['-c', '(:) && : > "$TMPDIR/a"'],
      root: own,
      cwd: '.',
      env: {},
      caps,
    }
    const command = await isolate(isolation, trial, own)
    const { signal } = new AbortController()
    const limits = { signal, timeoutMs: 5000, maxOutputBytes: 1024 }
    const outcome = await runChild(guard, command, limits)
    return outcome.kind === 'exited' && outcome.code === 0
  } finally {
    await temp.remove(own)
  }
}
