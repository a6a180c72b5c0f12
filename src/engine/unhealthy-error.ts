import { type ErrorSubject, StageError } from '../domain/error.ts'
import { describeRef } from '../domain/kube-object.ts'
import type { AwaitedHealth } from './await-health.ts'
import { hasFailed, isDone } from './health/is-done.ts'

type AwaitedObject = AwaitedHealth['objects'][number]

// They are kept with the record of the sync.
const mostSubjects = 10

/** Why a wait for health has not ended well; undefined: it has, or a newer commit ended it. */
export function unhealthyError(waited: AwaitedHealth): StageError | undefined {
  if (waited.kind === 'healthy' || waited.kind === 'cancelled') return undefined
  const unwell = unwellObjects(waited).toSorted((a, b) => rankOf(a) - rankOf(b))
  const culprit = unwell[0]
  if (culprit === undefined) return undefined
  const code = waited.kind === 'degraded' ? 'HEALTH_DEGRADED' : 'HEALTH_TIMEOUT'
  const text = `${describeRef(culprit.ref)}: ${culprit.assessment.message}`
  return new StageError(code, text, { subjects: unwell.slice(0, mostSubjects).map(subjectOf) })
}

/** What was waited for, and is not done. */
export function unwellObjects({ objects }: AwaitedHealth): AwaitedObject[] {
  return objects.filter((object) => object.isAwaited && !isDone(object))
}

/** What has failed first, then what a container that failed holds up: the others may wait for it. */
function rankOf(object: AwaitedObject): number {
  if (hasFailed(object)) return 0
  return object.assessment.container === undefined ? 2 : 1
}

function subjectOf({ ref, assessment }: AwaitedObject): ErrorSubject {
  return { object: describeRef(ref), message: assessment.message }
}
