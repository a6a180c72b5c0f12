import { StageError } from '../domain/error.ts'

const answerMs = 2_000

/**
 * What Redis answers, or QUEUE_UNAVAILABLE within 2 s. The commands of BullMQ need it as well: they
 * wait without end for a connection that was never there.
 */
export async function answering<T>(ask: () => Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`no answer within ${answerMs} ms`)), answerMs)
  try {
    return await Promise.race([ask(), late])
  } catch (error) {
    throw unavailable(error)
  } finally {
    clearTimeout(timer)
  }
}

function unavailable(error: unknown): StageError {
  if (error instanceof StageError) return error
  const reason = error instanceof Error ? error.message : String(error)
  const next = nextSteps.find(([start]) => reason.startsWith(start))?.[1] ?? 'see that it runs'
  return new StageError('QUEUE_UNAVAILABLE', `redis: ${reason}; ${next}`, { cause: error })
}

const nextSteps = [
  ['OOM', 'raise its maxmemory'],
  ['MISCONF', 'see that it can write to its disk: one that is full needs room'],
] as const
