import { z } from 'zod'

/** The version of job data this build writes and reads. */
export const jobVersion = 1

/** All a job says: which application. What to do with it, its record says. */
export const applicationJob = z.object({ v: z.literal(jobVersion), application: z.string() })
export type ApplicationJob = z.infer<typeof applicationJob>

export const reportJob = z.object({ v: z.literal(jobVersion), report: z.string() })
export type ReportJob = z.infer<typeof reportJob>

/** Finished jobs worth looking at, and no more. `age` in seconds. */
export const keptJobs = {
  removeOnComplete: { age: 3_600, count: 200 },
  removeOnFail: { age: 7 * 86_400, count: 200 },
} as const
