import { readdir, readFile, readlink } from 'node:fs/promises'
import type { Test } from 'tap'

/** Command lines of the processes that work in a folder, or name it among their arguments. */
export async function processesIn(dir: string): Promise<readonly string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(ids.map((id) => commandIn(`/proc/${id}`, dir)))
  return found.filter((command) => command !== undefined)
}

async function commandIn(proc: string, dir: string): Promise<string | undefined> {
  try {
    const argv = await readFile(`${proc}/cmdline`, 'utf8')
    const command = argv.replaceAll('\0', ' ').trim()
    const isThere = command.includes(dir) || (await readlink(`${proc}/cwd`)).startsWith(dir)
    return command !== '' && isThere ? command : undefined
  } catch {
    // It has ended, or is another user's.
    return undefined
  }
}

export interface CommandLines {
  /** Those of the processes of the folder, from the beginning of the watch until now. */
  seen(): Promise<readonly string[]>
}

const lookEveryMs = 250

/** Looks again and again at what other users of the machine can see of a folder's processes. */
export function watchCommandLines(t: Pick<Test, 'teardown'>, dir: string): CommandLines {
  const seen = new Set<string>()
  const look = async () => {
    for (const command of await processesIn(dir)) seen.add(command)
  }
  const timer = setInterval(() => {
    look().catch(() => clearInterval(timer))
  }, lookEveryMs)
  t.teardown(() => clearInterval(timer))
  return {
    async seen() {
      await look()
      return Array.from(seen)
    },
  }
}
