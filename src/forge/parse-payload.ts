import { z } from 'zod'
import { StageError } from '../domain/error.ts'

export const Ref = z
  .string()
  .max(1024)
  .regex(/^refs\/./, 'expected a full ref name')
export const BranchName = z.string().min(1).max(1024)
export const Sha = z.string().regex(/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/, 'expected a commit id')
export const RepositoryId = z.number().int().nonnegative()
export const CloneUrl = z.string().max(2048)

/** The payload as its schema describes it; throws DELIVERY_MALFORMED naming the fields that are wrong. */
export function parsePayload<T>(schema: z.ZodType<T>, payload: unknown, name: string): T {
  const parsed = schema.safeParse(payload)
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new StageError('DELIVERY_MALFORMED', `${name} payload: ${issues.join('; ')}`)
}
