import { StageError } from '../domain/error.ts'

/** What an aborted render throws: the reason, when it is a StageError already. */
export function stoppedError(reason: unknown): StageError {
  if (reason instanceof StageError) return reason
  return new StageError('RENDER_TIMEOUT', 'the render was stopped before it was complete', {
    cause: reason,
  })
}
