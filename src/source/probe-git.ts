import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../domain/clock.ts'
import { findGuard } from '../sandbox/guard.ts'
import { createPrivateDirs } from '../sandbox/private-dirs.ts'
import { createGit, type Git, systemPath } from './git.ts'
import { hostileRepository } from './hostile-repository.ts'
import { listenForGit } from './listen-for-git.ts'
import { createObjectProcess, objectArgs } from './object-process.ts'
import type { Remote } from './remote.ts'
import type { RepoAddress } from './repo-address.ts'

/** What this machine's git does with what must not work. */
export interface GitProbe {
  readonly version: string
  /** A sentence for each protection that does not hold; empty: all of them do. */
  readonly holes: readonly string[]
}

interface ProbeOptions {
  /** An empty folder of the caller's, who also removes it. */
  readonly dir: string
  /** Folders git is looked for in, as in PATH. */
  readonly path?: string
  readonly clock: Clock
  readonly signal: AbortSignal
}

interface Bench {
  readonly git: Git
  readonly dir: string
  readonly gitDir: string
  readonly signal: AbortSignal
}

const probeMs = 20_000
const probeBytes = 16 * 1024 * 1024

/**
 * Judges git by what it does, since distributions mend old versions. It runs as for a sync, against
 * a listener of our own and repositories made for it. Throws TOOL_MISSING.
 */
export async function probeGit({
  dir,
  path = systemPath,
  clock,
  signal,
}: ProbeOptions): Promise<GitProbe> {
  const git = createGit({
    dir: join(dir, 'git'),
    path,
    guard: findGuard(),
    temp: createPrivateDirs(join(dir, 'tmp'), clock),
  })
  const gitDir = join(dir, 'probe.git')
  const version = (await git.ask(gitDir, ['--version'])).trim().replace('git version ', '')
  await git.ask(gitDir, ['init', '--bare', '--quiet', gitDir])
  const bench = { git, dir, gitDir, signal }
  const holes = [
    await probeProtocols(bench),
    await probeAddress(bench),
    await probeCarriageReturn(bench),
    await probeReceived(bench),
    await probeObjects(bench),
  ]
  return { version, holes: holes.filter((hole) => hole !== undefined) }
}

async function probeProtocols(bench: Bench): Promise<string | undefined> {
  const marker = join(bench.dir, 'marker')
  await fetch(bench, { scheme: 'https', url: `ext::sh -c touch% ${marker}` })
  return existsSync(marker) ? 'it speaks protocols that are forbidden to it' : undefined
}

async function probeAddress(bench: Bench): Promise<string | undefined> {
  const listener = await listenForGit()
  try {
    const { port } = listener
    const host = 'git.landfall.invalid'
    const url = `http://${host}:${port}/probe.git`
    await fetch(bench, { scheme: 'http', url, host, port }, ['127.0.0.1'])
    if (listener.paths.length === 0) {
      return 'it does not connect to the address that was checked (http.curloptResolve)'
    }
    return listener.isRedirectFollowed() ? 'it follows redirects, with the token' : undefined
  } finally {
    await listener.close()
  }
}

// CVE-2025-48384: written without quotes, a value loses its carriage return when it is read again.
async function probeCarriageReturn({ git, gitDir, dir }: Bench): Promise<string | undefined> {
  const file = join(dir, 'carriage-return')
  await git.ask(gitDir, ['config', '--file', file, 'probe.value', 'a\r'])
  const read = await git.ask(gitDir, ['config', '--file', file, 'probe.value'])
  return read === 'a\r\n' ? undefined : 'it misreads a carriage return (CVE-2025-48384)'
}

async function probeReceived(bench: Bench): Promise<string | undefined> {
  const source = join(bench.dir, 'hostile.git')
  await bench.git.ask(source, ['init', '--bare', '--quiet', source])
  await hostileRepository(source)
  const outcome = await fetch(bench, { scheme: 'file', url: `file://${source}` })
  const isTaken = outcome.kind === 'exited' && outcome.code === 0
  return isTaken ? 'it takes hostile objects unchecked (fetch.fsckObjects)' : undefined
}

async function probeObjects({ git, gitDir }: Bench): Promise<string | undefined> {
  const objects = createObjectProcess(git.stream(gitDir, objectArgs))
  try {
    await objects.ask({ what: 'info', names: ['HEAD'], onObject: () => {} })
    return undefined
  } catch {
    return 'it has no cat-file --batch-command, which came with git 2.36'
  } finally {
    objects.end()
  }
}

function fetch(
  { git, gitDir, signal }: Bench,
  address: Pick<RepoAddress, 'scheme' | 'url'> & Partial<RepoAddress>,
  addresses: readonly string[] = [],
) {
  const remote: Remote = {
    address: { host: '', port: undefined, ...address },
    credentials: { kind: 'none' },
    branchRef: 'refs/heads/main',
    mirrorRef: 'refs/landfall/heads/main',
    key: 'probe',
    title: 'probe',
  }
  const refspec = `+${remote.branchRef}:${remote.mirrorRef}`
  const limits = { addresses, signal, timeoutMs: probeMs, maxBytes: probeBytes }
  return git.fetch(gitDir, remote, refspec, limits)
}
