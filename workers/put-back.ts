import { DelayedError, type Job } from 'bullmq'

const putBackMs = 5_000

/**
 * Leaves a job that this build cannot read to one that can: while two versions run side by side,
 * either may get it. Never returns.
 */
export async function putBack(job: Job, token: string | undefined): Promise<never> {
  await job.moveToDelayed(Date.now() + putBackMs, token)
  throw new DelayedError()
}
