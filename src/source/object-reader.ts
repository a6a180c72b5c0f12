import type { Git } from './git.ts'
import type { Mirrors } from './mirrors.ts'
import {
  createObjectProcess,
  type ObjectProcess,
  type ObjectQuery,
  objectArgs,
} from './object-process.ts'
import type { Remote } from './remote.ts'

/** Reads objects of mirrors, each through a process that is kept for the next question. */
export interface ObjectReader {
  /** Whether there was a mirror to ask. Rejects as ObjectProcess.ask does. */
  ask(remote: Remote, query: ObjectQuery): Promise<boolean>
}

interface Kept {
  readonly process: ObjectProcess
  idle: NodeJS.Timeout | undefined
}

// A process maps packs and keeps bases of deltas: it goes when it is not needed for a while.
const idleMs = 30_000
const mostProcesses = 8

export function createObjectReader(git: Pick<Git, 'stream'>, mirrors: Mirrors): ObjectReader {
  const kept = new Map<string, Kept>()

  function start(key: string, remote: Remote): Kept {
    const child = git.stream(mirrors.gitDir(remote), objectArgs)
    const fresh: Kept = { process: createObjectProcess(child), idle: undefined }
    kept.set(key, fresh)
    for (const oldest of kept.keys()) {
      if (kept.size <= mostProcesses) break
      end(oldest)
    }
    return fresh
  }

  function end(key: string): void {
    const ending = kept.get(key)
    kept.delete(key)
    clearTimeout(ending?.idle)
    ending?.process.end()
  }

  /** The newest is the last in the map. */
  function take(key: string, remote: Remote): Kept {
    const known = kept.get(key)
    if (known?.process.isUsable() !== true) return start(key, remote)
    clearTimeout(known.idle)
    kept.delete(key)
    kept.set(key, known)
    return known
  }

  return {
    async ask(remote, query) {
      // Another mirror in the same place has another identity, and gets a process of its own.
      const key = await mirrors.identity(remote)
      if (key === undefined) return false
      const mine = take(key, remote)
      try {
        await mine.process.ask(query)
        return true
      } finally {
        clearTimeout(mine.idle)
        mine.idle = setTimeout(() => {
          if (kept.get(key) === mine) end(key)
        }, idleMs).unref()
      }
    },
  }
}
