import { pino } from 'pino'

/** What is not written yet; later lines are lost, and the first ones tell what happened. */
const keptBytes = 1024 ** 2
const isPassing = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

/**
 * Standard output, which may be a file on a disk that is full: that ends no deploy. What could not
 * be written is kept, up to a bound, and written before the next line once there is room.
 */
export function logDestination(): { write(line: string): unknown } {
  const output = pino.destination({ dest: 1, sync: true, maxLength: keptBytes })
  output.on('error', (error: NodeJS.ErrnoException) => {
    // Whoever read the log is gone.
    if (error.code === 'EPIPE') process.exit()
    if (!isPassing.has(error.code ?? '')) throw error
  })
  return output
}
