import type { ObjectRef } from './kube-object.ts'
import type { WitnessedVerb } from './witness-record.ts'

/** A pod in which somebody opened a shell: it may no longer be what Git says. */
export interface TouchedPod {
  readonly application: string
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly cluster: string
  /** The application's object that it belongs to. */
  readonly owner: ObjectRef
  /** ISO 8601: when it was touched first. */
  readonly at: string
  readonly user: string
  readonly groups: readonly string[]
  readonly verb: WitnessedVerb
  readonly container: string | undefined
  /** Of the WitnessRecords. */
  readonly witnessed: readonly string[]
}

export type TouchedStep =
  | { readonly kind: 'keep'; readonly again: number }
  | { readonly kind: 'evict' }

/** How often a pod is looked for that is left alone. */
const lookMs = 20_000

/** What to do about a touched pod that is still there; `again`: ms since epoch. */
export function decideTouched(
  pod: Pick<TouchedPod, 'at'>,
  policy: { readonly policy: 'report' | 'replace'; readonly replaceAfterMs: number },
  { now, isPaused }: { readonly now: number; readonly isPaused: boolean },
): TouchedStep {
  const due = Date.parse(pod.at) + policy.replaceAfterMs
  if (policy.policy === 'report' || isPaused) return { kind: 'keep', again: now + lookMs }
  return due <= now ? { kind: 'evict' } : { kind: 'keep', again: Math.min(due, now + lookMs) }
}
