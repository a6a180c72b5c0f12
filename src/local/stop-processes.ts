import { setTimeout as delay } from 'node:timers/promises'
import { StageError } from '../domain/error.ts'
import { isRunning, type ProcessIdentity } from './process-identity.ts'

const pollMs = 10

/** Ends exactly these processes and what is in their groups, politely for `graceMs`, then for good. */
export async function stopProcesses(
  processes: readonly ProcessIdentity[],
  graceMs: number,
): Promise<void> {
  if (graceMs > 0) {
    signalAll(processes, 'SIGTERM')
    if (await haveEnded(processes, graceMs)) return
  }
  signalAll(processes, 'SIGKILL')
  if (await haveEnded(processes, 10_000)) return
  const names = processes.filter(isRunning).map(({ name, pid }) => `${name} (pid ${pid})`)
  throw new StageError(
    'LOCAL_STACK_FAILED',
    `${names.join(', ')} could not be stopped: end it by hand, as the user who started it`,
  )
}

function signalAll(processes: readonly ProcessIdentity[], signal: NodeJS.Signals): void {
  for (const one of processes) if (isRunning(one)) signalGroup(one.pid, signal)
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch {
    // It ended meanwhile, or belongs to someone else: whether it still runs is looked at next.
  }
}

async function haveEnded(
  processes: readonly ProcessIdentity[],
  timeoutMs: number,
): Promise<boolean> {
  const deadline = performance.now() + timeoutMs
  while (processes.some(isRunning)) {
    if (performance.now() > deadline) return false
    await delay(pollMs)
  }
  return true
}
