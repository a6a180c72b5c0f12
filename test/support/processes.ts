import { readdir, readFile, readlink } from 'node:fs/promises'

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
