import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { simpleGit } from 'simple-git'
import type { Secret } from '../domain/secret.ts'
import { type Child, type Command, startChild } from '../sandbox/child.ts'
import { type Guard, groupGuard } from '../sandbox/guard.ts'
import type { PrivateDirs } from '../sandbox/private-dirs.ts'
import { type ChildOutcome, runChild } from '../sandbox/run-child.ts'
import { baseConfig, remoteConfig } from './git-config.ts'
import { gitEnvironment } from './git-environment.ts'
import { isUnauthenticated, missingGit } from './git-error.ts'
import { once } from './once.ts'
import { type AppToken, presentCredentials } from './present-credentials.ts'
import type { Remote } from './remote.ts'

/** Folders git and ssh are looked for in. */
export const systemPath = '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin'

/**
 * The three ways git is run: a question with a short answer, a fetch that must be killable as a
 * group, and a stream. docs/adr/0002-git-processes.md says why simple-git has only the first.
 */
export interface Git {
  /** Standard output. Rejects with git's own words. */
  ask(gitDir: string, args: readonly string[]): Promise<string>
  fetch(gitDir: string, remote: Remote, refspec: string, limits: FetchLimits): Promise<ChildOutcome>
  stream(gitDir: string, args: readonly string[]): Child
  /** Packs loose objects when there are many. Never rejects. */
  tidy(gitDir: string): Promise<void>
}

export interface FetchLimits {
  readonly addresses: readonly string[]
  readonly signal: AbortSignal
  readonly timeoutMs: number
  /** Of each file it writes: what is received is one pack. */
  readonly maxBytes: number
}

interface GitOptions {
  /** Absolute; holds git's configuration and its empty home. */
  readonly dir: string
  readonly path: string
  /** For a stream, which is one process. */
  readonly guard: Guard
  readonly temp: PrivateDirs
  /** Makes a token for a fetch as an App. */
  readonly appToken?: AppToken
}

export function createGit({ dir, path, guard, temp, appToken }: GitOptions): Git {
  const home = join(dir, 'home')
  const configFile = join(dir, 'config')
  const config = baseConfig(home)
  const prepared = once(async () => {
    await mkdir(home, { recursive: true, mode: 0o700 })
    await writeFile(configFile, config, { mode: 0o600 })
  })
  const localEnv = (gitDir: string) => gitEnvironment({ path, home, configFile, gitDir }, 'none')

  return {
    async ask(gitDir, args) {
      await prepared()
      const env = localEnv(gitDir)
      const git = simpleGit({
        baseDir: home,
        allowEnvironment: Object.keys(env),
        // Our own file, named in our own environment.
        unsafe: { allowUnsafeConfigPaths: true },
      })
      return git
        .env(env)
        .raw([...args])
        .catch(explainMissing)
    },

    async fetch(gitDir, remote, refspec, { addresses, signal, timeoutMs, maxBytes }) {
      await prepared()
      const own = await temp.make()
      const fetchOnce = async (refused?: Secret) => {
        const file = join(own, 'config')
        const presenting = { dir: own, appToken, signal, refused }
        const credentials = await presentCredentials(remote, presenting)
        const extra = remoteConfig(remote.address, credentials, addresses)
        await writeFile(file, config + extra, { mode: 0o600 })
        const env = gitEnvironment({ path, home, configFile: file, gitDir }, remote.address.scheme)
        const args = [...fetchArgs, remote.address.url, refspec]
        const command = limitedCommand(gitCommand(args, home, env), maxBytes)
        const limits = { signal, timeoutMs, maxOutputBytes: 64 * 1024 }
        return { credentials, outcome: await runChild(groupGuard, command, limits) }
      }
      try {
        const { credentials, outcome } = await fetchOnce()
        const isRefused = remote.credentials.kind === 'app' && isUnauthenticated(outcome.stderr)
        if (!isRefused || credentials.kind !== 'token') return outcome
        return (await fetchOnce(credentials.token)).outcome
      } finally {
        await temp.remove(own)
      }
    },

    async tidy(gitDir) {
      const command = gitCommand(['gc', '--auto', '--quiet'], home, localEnv(gitDir))
      const { signal } = new AbortController()
      await runChild(groupGuard, command, {
        signal,
        timeoutMs: tidyTimeoutMs,
        maxOutputBytes: 1024,
      })
    },

    stream(gitDir, args) {
      return startChild(guard, gitCommand(args, home, localEnv(gitDir)))
    },
  }
}

function explainMissing(error: unknown): never {
  if (error instanceof Error && /\bENOENT\b/.test(error.message)) throw missingGit(error)
  throw error
}

const tidyTimeoutMs = 10 * 60 * 1000

const fetchArgs = [
  'fetch',
  '--quiet',
  '--no-tags',
  '--no-recurse-submodules',
  '--no-write-fetch-head',
  '--no-auto-maintenance',
  '--no-show-forced-updates',
  '--refmap=',
  '--end-of-options',
] as const

function gitCommand(args: readonly string[], cwd: string, env: Record<string, string>): Command {
  return { argv: ['git', ...args], cwd, env }
}

// POSIX counts blocks of 512 bytes.
const limitScript = 'ulimit -f "$1" && shift && exec "$@"'

function limitedCommand({ argv, ...rest }: Command, maxFileBytes: number): Command {
  const blocks = String(Math.ceil(maxFileBytes / 512))
  return { argv: ['/bin/sh', '-c', limitScript, 'limit', blocks, ...argv], ...rest }
}
