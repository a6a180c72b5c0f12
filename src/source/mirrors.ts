import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../domain/clock.ts'
import { StageError } from '../domain/error.ts'
import type { PrivateDirs } from '../sandbox/private-dirs.ts'
import type { ChildOutcome } from '../sandbox/run-child.ts'
import type { Git } from './git.ts'
import {
  fetchError,
  isMirrorDamage,
  isOversized,
  isRefRace,
  isUnknownCommit,
  missingGit,
  stoppedError,
} from './git-error.ts'
import { type Resolve, resolveHost } from './host-address.ts'
import type { Remote } from './remote.ts'

/**
 * Bare repositories under `dir`, one a remote. Several processes may share them: git's own ref
 * locks order the writers, and a new mirror appears whole, by rename.
 */
export interface Mirrors {
  gitDir(remote: Remote): string
  has(remote: Remote): Promise<boolean>
  /** Another one after the mirror was dropped and made anew; undefined: there is none. */
  identity(remote: Remote): Promise<string | undefined>
  /** Brings the branch up to date; makes the mirror where there is none or a damaged one. */
  update(remote: Remote, signal: AbortSignal): Promise<void>
  /** Without an update, says that it is still in use. */
  touch(remote: Remote): Promise<void>
  drop(remote: Remote): Promise<void>
  /** Drops mirrors that were not used for a month: a rotated token leaves one. */
  sweep(): Promise<void>
}

interface MirrorsOptions {
  readonly dir: string
  readonly git: Git
  readonly temp: PrivateDirs
  readonly resolve: Resolve
  readonly fetchTimeoutMs: number
  readonly maxFetchBytes: number
  readonly clock: Clock
}

const unusedMs = 30 * 24 * 60 * 60 * 1000
const updatesBetweenMaintenance = 256

export function createMirrors(options: MirrorsOptions): Mirrors {
  const { dir, git, temp, resolve, fetchTimeoutMs, maxFetchBytes, clock } = options
  const gitDir = (remote: Remote) => join(dir, `${remote.key}.git`)
  let updates = 0

  async function fetchInto(target: string, remote: Remote, signal: AbortSignal) {
    const addresses = await resolveHost(remote.address, resolve)
    const refspec = `+${remote.branchRef}:${remote.mirrorRef}`
    const limits = { addresses, signal, timeoutMs: fetchTimeoutMs, maxBytes: maxFetchBytes }
    return git.fetch(target, remote, refspec, limits)
  }

  async function makeIn(target: string, remote: Remote, signal: AbortSignal) {
    await init(target, 'sha1')
    const outcome = await fetchInto(target, remote, signal)
    if (!/mismatched algorithms/.test(outcome.stderr)) return outcome
    await rm(target, { recursive: true })
    await init(target, 'sha256')
    return fetchInto(target, remote, signal)
  }

  async function init(target: string, objectFormat: 'sha1' | 'sha256'): Promise<void> {
    await git.ask(target, ['init', '--bare', '--quiet', `--object-format=${objectFormat}`])
  }

  /** False when another process had put its own there first, which may be an older one. */
  async function make(
    remote: Remote,
    signal: AbortSignal,
    onTaken: 'use' | 'replace',
  ): Promise<boolean> {
    const own = await temp.make()
    const fresh = join(own, 'mirror.git')
    try {
      const outcome = await makeIn(fresh, remote, signal)
      checkPin(remote, outcome.stderr)
      checkOutcome(remote, outcome, signal)
      await mkdir(dir, { recursive: true, mode: 0o700 })
      if (onTaken === 'replace') await drop(remote)
      return await move(fresh, gitDir(remote))
    } finally {
      await temp.remove(own)
    }
  }

  async function remove(mirror: string): Promise<void> {
    const own = await temp.make()
    await rename(mirror, join(own, 'mirror.git')).catch(ignore('ENOENT'))
    await temp.remove(own)
  }

  const drop = (remote: Remote) => remove(gitDir(remote))

  async function identity(remote: Remote): Promise<string | undefined> {
    const found = await stat(gitDir(remote)).catch(ignore('ENOENT'))
    return found === undefined ? undefined : `${remote.key} ${found.ino} ${found.birthtimeMs}`
  }

  const has = async (remote: Remote) => (await identity(remote)) !== undefined

  async function touch(remote: Remote): Promise<void> {
    const now = new Date(clock.now())
    await utimes(gitDir(remote), now, now).catch(ignore('ENOENT'))
  }

  return {
    gitDir,
    has,
    identity,
    touch,
    drop,

    async update(remote, signal) {
      const taken = (await has(remote)) || !(await make(remote, signal, 'use'))
      if (taken) await refresh(remote, signal)
      await touch(remote)
    },

    async sweep() {
      for (const name of (await readdir(dir).catch(ignore('ENOENT'))) ?? []) {
        const found = await stat(join(dir, name)).catch(ignore('ENOENT'))
        const unused = found !== undefined && clock.now() - found.mtimeMs > unusedMs
        if (unused) await remove(join(dir, name))
      }
    },
  }

  async function refresh(remote: Remote, signal: AbortSignal): Promise<void> {
    let outcome = await fetchInto(gitDir(remote), remote, signal)
    if (isRefRace(outcome.stderr)) outcome = await fetchInto(gitDir(remote), remote, signal)
    if (outcome.kind !== 'exited' || isOversized(outcome.stderr))
      await removePartialPacks(gitDir(remote))
    checkPin(remote, outcome.stderr)
    if (isMirrorDamage(outcome.stderr)) await make(remote, signal, 'replace')
    else checkOutcome(remote, outcome, signal)
    updates += 1
    // Tidying is worth no failure and no wait: the next round tries again.
    if (updates % updatesBetweenMaintenance === 0) void git.tidy(gitDir(remote))
  }
}

/** Of a branch, the same words are those of a replica that lags behind. */
function checkPin({ isPinned, title }: Remote, stderr: string): void {
  if (isPinned !== true || !isUnknownCommit(stderr)) return
  throw new StageError('SOURCE_REVISION_GONE', `${title}: there is no such commit to be fetched`)
}

/** A shell's word for a program it does not find. */
const notFound = 127

function checkOutcome(remote: Remote, outcome: ChildOutcome, signal: AbortSignal): void {
  switch (outcome.kind) {
    case 'exited':
      if (outcome.code === notFound) throw missingGit(outcome.stderr)
      if (outcome.code !== 0) throw fetchError(remote.title, outcome.stderr)
      return
    case 'aborted':
      throw stoppedError(remote.title, signal.reason)
    case 'timedOut':
      throw stoppedError(remote.title, new Error('the fetch took too long'))
    case 'unstartable':
      throw new StageError('TOOL_MISSING', '/bin/sh cannot be started', { cause: outcome.error })
    default:
      throw fetchError(remote.title, `fatal: git fetch was ended: ${outcome.kind}`)
  }
}

async function move(from: string, to: string): Promise<boolean> {
  const moved = rename(from, to).then(() => true)
  return (await moved.catch(ignore('ENOTEMPTY', 'EEXIST'))) ?? false
}

/** A killed fetch leaves what it had received, which can be gigabytes. */
async function removePartialPacks(gitDir: string): Promise<void> {
  const packs = join(gitDir, 'objects', 'pack')
  const names = (await readdir(packs).catch(ignore('ENOENT'))) ?? []
  for (const name of names) {
    if (name.startsWith('tmp_')) await rm(join(packs, name), { force: true })
  }
}

function ignore(...codes: readonly string[]): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof Error && 'code' in error && codes.includes(String(error.code))) return
    throw error
  }
}
