import { z } from 'zod'

/** The API server's `Status`, as far as it says anything; a foreign body reads as an empty one. */
export type Status = z.infer<typeof Status>
export type StatusCause = Status['details']['causes'][number]

const Cause = z.object({
  reason: z.string().catch(''),
  message: z.string().catch(''),
  field: z.string().catch(''),
})

const noDetails = { name: '', kind: '', causes: [], retryAfterSeconds: 0 }

const Details = z.object({
  name: z.string().catch(''),
  kind: z.string().catch(''),
  causes: z.array(Cause).catch([]),
  retryAfterSeconds: z.number().catch(0),
})

const Status = z.object({
  code: z.number().catch(0),
  message: z.string().catch(''),
  reason: z.string().catch(''),
  details: Details.catch(noDetails),
})

const empty: Status = { code: 0, message: '', reason: '', details: noDetails }

export function statusOf(body: unknown): Status {
  const parsed = Status.safeParse(body)
  return parsed.success ? parsed.data : empty
}
