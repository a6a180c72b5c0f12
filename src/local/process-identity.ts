import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** One process for good: a pid alone is reused, a pid and its start are not. */
export interface ProcessIdentity {
  readonly name: string
  readonly pid: number
  readonly started: string
}

/** When the process started, in the system's own words; undefined: it is not running. */
export function processStart(pid: number): string | undefined {
  return process.platform === 'linux' ? startFromProc(pid) : startFromPs(pid)
}

export function isRunning({ pid, started }: ProcessIdentity): boolean {
  return processStart(pid) === started
}

export function thisProcess(name: string): ProcessIdentity {
  return { name, pid: process.pid, started: processStart(process.pid) ?? '' }
}

/** An identity as JSON.stringify wrote it; undefined: it is none. */
export function parseIdentity(text: string): ProcessIdentity | undefined {
  try {
    const { name, pid, started } = JSON.parse(text)
    const valid =
      typeof name === 'string' && Number.isSafeInteger(pid) && typeof started === 'string'
    return valid ? { name, pid, started } : undefined
  } catch {
    return undefined
  }
}

// proc(5): field 22 is the start in clock ticks since boot; field 2, the name, may hold spaces and
// parentheses. Ticks begin anew with each boot, so the boot's id goes with them. A zombie that still
// has threads (field 20) still holds its files and ports.
function startFromProc(pid: number): string | undefined {
  const stat = readProc(`${pid}/stat`)
  if (stat === undefined) return undefined
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, threads, start] = [fields[0], Number(fields[17]), fields[19]]
  if (state === 'X' || (state === 'Z' && threads <= 1)) return undefined
  return `${readProc('sys/kernel/random/boot_id')?.trim()}/${start}`
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(`/proc/${path}`, 'utf8')
  } catch {
    return undefined
  }
}

function startFromPs(pid: number): string | undefined {
  const { stdout } = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
    encoding: 'utf8',
    env: { LC_ALL: 'C', PATH: '/bin:/usr/bin' },
  })
  const [stat, ...start] = stdout.trim().split(/\s+/)
  return stat === undefined || stat === '' || stat.startsWith('Z') ? undefined : start.join(' ')
}
