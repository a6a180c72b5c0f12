import type { Job } from 'bullmq'

interface JobLock {
  readonly job: Pick<Job, 'extendLock'>
  readonly token: string
  readonly lockMs: number
  /** Redis says that the lock is another worker's, or nobody's. */
  readonly onLost: () => void
}

/**
 * Renews the lock of a job at a third of its time, until the answer is called. BullMQ counts that time
 * by the clock of the machine, and renews nothing while one that was set back catches up.
 */
export function keepJobLock({ job, token, lockMs, onLost }: JobLock): () => void {
  let isAsking = false
  const renew = async () => {
    // Redis is away; what was asked is asked again once it is back.
    if (isAsking) return
    isAsking = true
    try {
      if ((await job.extendLock(token, lockMs)) === 0) onLost()
    } catch {
      // An answer that Redis cannot give just now tells nothing of the lock; the next one may.
    } finally {
      isAsking = false
    }
  }
  // It never rejects.
  const timer = setInterval(() => void renew(), lockMs / 3)
  timer.unref()
  return () => clearInterval(timer)
}
