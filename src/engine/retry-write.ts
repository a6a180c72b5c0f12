import type { Desired } from '../domain/change.ts'
import type { StageError } from '../domain/error.ts'
import { isDeferrable } from './deferral.ts'
import { awaitsKind } from './directive.ts'
import type { PlannedWrite } from './target.ts'
import { isServedBy } from './webhook-backend.ts'

const longestMs = 5_000
// What was written a moment ago is followed by the API server by watches of its own, and the figures
// of a quota by a controller: 11 s in all.
const admission = { firstMs: 100, times: 7 }
// A controller makes the kind, and the API server serves it: a minute in all.
const newKind = { firstMs: 500, times: 14 }
const ownWebhook = { firstMs: 500, times: Number.POSITIVE_INFINITY }

/**
 * How long until a failed write is tried once more, since what it needs comes with it; undefined: it
 * is not. `count`: how often it was tried again already.
 */
export function retryAfterMs(
  planned: PlannedWrite,
  error: StageError,
  { desired, count }: { readonly desired: readonly Desired[]; readonly count: number },
): number | undefined {
  const pace = paceOf(planned, error, desired)
  if (pace === undefined || count >= pace.times) return undefined
  return Math.min(pace.firstMs * 2 ** count, longestMs)
}

function paceOf(
  { desired: item, predicted, unchecked }: PlannedWrite,
  error: StageError,
  desired: readonly Desired[],
): typeof admission | undefined {
  if (isServedBy(desired, error)) return ownWebhook
  if (predicted !== undefined) return undefined
  if (error.code === 'PLAN_UNKNOWN_KIND') return awaitsKind(item.object) ? newKind : undefined
  const isSchema = error.code === 'OBJECT_INVALID' && unchecked?.code === 'OBJECT_INVALID'
  if (!isSchema && error.code !== 'ADMISSION_DENIED') return undefined
  return isDeferrable(error, item, desired) ? admission : undefined
}
