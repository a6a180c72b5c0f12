import { createHash } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '../domain/clock.ts'

const dayMs = 24 * 60 * 60 * 1000

/** Folders of mode 0700 that live as long as one piece of work. */
export interface PrivateDirs {
  make(): Promise<string>
  /** Also removes what was made read-only. */
  remove(dir: string): Promise<void>
  /** Removes what dead processes of this machine left; another machine's only after a day. */
  sweep(): Promise<void>
}

export function createPrivateDirs(root: string, clock: Clock): PrivateDirs {
  const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8)
  // A restarted container may have the same process id: its start tells the two apart.
  const started = Math.round(performance.timeOrigin)
  const prefix = `${host}.${process.pid}.${started}.`

  async function isAbandoned(name: string): Promise<boolean> {
    const [owner = '', pid = '', start = ''] = name.split('.')
    if (owner !== host) {
      const { mtimeMs } = await stat(join(root, name))
      return clock.now() - mtimeMs > dayMs
    }
    if (Number(pid) === process.pid) return Number(start) !== started
    return !isAlive(Number(pid))
  }

  return {
    make: async () => {
      await mkdir(root, { recursive: true, mode: 0o700 })
      return mkdtemp(join(root, prefix))
    },
    remove: removeTree,
    sweep: async () => {
      await mkdir(root, { recursive: true, mode: 0o700 })
      for (const name of await readdir(root)) {
        if (await isAbandoned(name)) await removeTree(join(root, name))
      }
    },
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error: unknown) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

async function removeTree(dir: string): Promise<void> {
  try {
    await rm(dir, { recursive: true, force: true })
  } catch {
    await unlock(dir)
    await rm(dir, { recursive: true, force: true })
  }
}

async function unlock(dir: string): Promise<void> {
  await chmod(dir, 0o700)
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    if (entry.isDirectory()) await unlock(join(dir, entry.name))
  }
}
