import { setTimeout as delay } from 'node:timers/promises'
import { StageError } from '../domain/error.ts'
import { isRunning } from './process-identity.ts'
import { type Daemon, logTail } from './start-daemon.ts'

const timeoutMs = 60_000
const pollMs = 20
/** Between the end of a process and the word of how it ended. */
const endMs = 5_000

/**
 * Asks until there is an answer; a probe that rejects has none yet. LOCAL_STACK_FAILED when one of
 * the daemons ends meanwhile, when `signal` aborts, or after a minute.
 */
export async function awaitReady<T>(
  daemons: readonly Daemon[],
  probe: () => Promise<T | undefined>,
  signal: AbortSignal | undefined,
): Promise<T> {
  const deadline = performance.now() + timeoutMs
  let reason: unknown
  while (performance.now() < deadline) {
    if (signal?.aborted === true) throw interrupted(signal)
    const answer = await probe().catch((error: unknown) => {
      reason = error
    })
    if (answer !== undefined) return answer
    const dead = daemons.find(({ identity }) => !isRunning(identity))
    if (dead !== undefined) throw await endedTooEarly(dead)
    await delay(pollMs)
  }
  const logs = daemons.map(({ logFile }) => logFile).join(', ')
  throw new StageError(
    'LOCAL_STACK_FAILED',
    `the local stack is not ready after ${timeoutMs / 1000} s: read ${logs}`,
    { cause: reason },
  )
}

function interrupted({ reason }: AbortSignal): StageError {
  return new StageError('LOCAL_STACK_FAILED', 'the start was interrupted', { cause: reason })
}

async function endedTooEarly({ ended, identity, logFile }: Daemon): Promise<StageError> {
  const told = new AbortController()
  // The end of a daemon keeps nobody alive to hear of it: the timer does.
  const late = delay(endMs, `${identity.name} ended`, { signal: told.signal })
  const text = `${await Promise.race([ended, late])} while starting: read ${logFile}`
  told.abort()
  return new StageError('LOCAL_STACK_FAILED', text, { cause: new Error(await logTail(logFile)) })
}
