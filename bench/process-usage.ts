import { readdir, readFile } from 'node:fs/promises'

// USER_HZ is 100 on every Linux that Node runs on.
const tickMs = 10
const pageBytes = 4096

interface Stat {
  readonly pid: number
  readonly parent: number
  /** Its own CPU time and that of the children it has waited for. */
  readonly cpuMs: number
}

/** CPU time of a process, of its children, and of theirs, ended ones included. In steps of 10 ms. */
export async function cpuMs(pid: number): Promise<number> {
  const all = (await Promise.all((await processIds()).map(readStat))).flatMap((stat) => stat ?? [])
  const ofTree = (root: number): number =>
    all.reduce((total, { pid, parent, cpuMs }) => {
      if (pid === root) return total + cpuMs
      return parent === root ? total + ofTree(pid) : total
    }, 0)
  return ofTree(pid)
}

/** Memory of the process alone that is in RAM. */
export async function residentMib(pid: number): Promise<number> {
  const pages = (await readFile(`/proc/${pid}/statm`, 'utf8')).split(' ')[1]
  return (Number(pages) * pageBytes) / 1024 / 1024
}

async function processIds(): Promise<number[]> {
  return (await readdir('/proc')).map(Number).filter(Number.isInteger)
}

async function readStat(pid: number): Promise<Stat | undefined> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8')
    // The name, in brackets, may hold blanks; proc(5) counts fields from 1.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const field = (number: number) => Number(fields[number - 3])
    return {
      pid,
      parent: field(4),
      cpuMs: (field(14) + field(15) + field(16) + field(17)) * tickMs,
    }
  } catch {
    // It has ended.
    return undefined
  }
}
