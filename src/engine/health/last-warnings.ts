import type { ObjectClient } from '../../cluster/cluster.ts'
import type { HealthAssessment } from '../../domain/health.ts'
import type { KubeObject, ObjectRef } from '../../domain/kube-object.ts'
import type { Redact } from '../../domain/redact.ts'
import type { Timers } from '../timers.ts'
import { failedFirst } from './failed-first.ts'
import { cut, withoutControl } from './foreign-text.ts'
import { isDone } from './is-done.ts'
import { readText, readTime } from './read-field.ts'

export interface LastWarningsDeps {
  readonly client: Pick<ObjectClient, 'list'>
  readonly timers: Timers
  readonly redact: Redact
}

interface Unwell {
  readonly ref: ObjectRef
  /** undefined: nobody saw it. */
  readonly uid: string | undefined
  readonly isAwaited: boolean
  readonly assessment: HealthAssessment
}

// Each costs a list, and all of them together how much later a failure is told.
const mostAsked = 3
const timeoutMs = 1_000
const longestTold = 300

/**
 * Adds to a failure that no container explains what the newest Event says of it: that a StatefulSet
 * is refused its pods, or that a volume cannot be mounted, stands nowhere else.
 */
export async function withLastWarnings<T extends Unwell>(
  deps: LastWarningsDeps,
  objects: readonly T[],
): Promise<T[]> {
  const unexplained = objects.filter(
    (object) => object.isAwaited && !isDone(object) && object.assessment.container === undefined,
  )
  const asked = new Set(failedFirst(unexplained).slice(0, mostAsked))
  return Promise.all(
    objects.map(async (object) => {
      const warning = asked.has(object) ? await readWarning(deps, object) : undefined
      if (warning === undefined) return object
      const message = `${object.assessment.message}; its events say: ${warning}`
      return { ...object, assessment: { ...object.assessment, message } }
    }),
  )
}

async function readWarning(
  { client, timers, redact }: LastWarningsDeps,
  { ref: { namespace }, uid, assessment }: Unwell,
): Promise<string | undefined> {
  const regarding = assessment.stuckPod ?? uid
  if (regarding === undefined) return undefined
  const { promise: late, resolve } = Promise.withResolvers<undefined>()
  const cancel = timers.after(timeoutMs, () => resolve(undefined))
  const query = {
    group: 'events.k8s.io',
    version: 'v1',
    kind: 'Event',
    // Those of what is in no namespace are in this one.
    namespace: namespace || 'default',
    fieldSelector: `regarding.uid=${regarding},type=Warning`,
  }
  try {
    const found = await Promise.race([client.list(query), late])
    const text = newestFirst(found?.items ?? [])
      .map(describe)
      .find(({ note }) => !assessment.message.includes(note))?.text
    return text && cut(withoutControl(redact(text)), longestTold)
  } catch {
    // No right to Events, no server any more: the failure is told without them.
    return undefined
  } finally {
    cancel()
  }
}

function newestFirst(events: readonly KubeObject[]): KubeObject[] {
  return events.toSorted((a, b) => lastSeen(b) - lastSeen(a))
}

/** One that is told again and again is counted, in one of two ways. */
function lastSeen(event: KubeObject): number {
  return (
    readTime(event, 'series', 'lastObservedTime') ??
    readTime(event, 'deprecatedLastTimestamp') ??
    readTime(event, 'eventTime') ??
    readTime(event, 'metadata', 'creationTimestamp') ??
    0
  )
}

function describe(event: KubeObject): { readonly note: string; readonly text: string } {
  const note = readText(event, 'note') ?? ''
  return { note, text: [readText(event, 'reason'), note].filter(Boolean).join(': ') }
}
