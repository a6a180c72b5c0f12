import type { Offender } from './drift.ts'
import type { ObjectRef } from './kube-object.ts'

/** A field in which a live object is not as Git has it, and which Landfall leaves so. */
export interface AllowedDifference {
  readonly ref: ObjectRef
  /** JSON pointer, list items by index in the live object. */
  readonly path: string
  /**
   * ignored: by an `ignore` rule · scaled: a controller set the replicas · controller: Git does not
   * have it, and who owns it is none of the people.
   */
  readonly reason: 'ignored' | 'scaled' | 'controller'
  /** null: Kubernetes records none. */
  readonly owner: Offender | null
  /** What Git has. Values of Secrets are marks; a long one, or none, is left out. */
  readonly desired?: unknown
  readonly live?: unknown
}

interface Known {
  readonly ref: Pick<ObjectRef, 'kind' | 'namespace' | 'name'>
  readonly path: string
  readonly reason: string
  readonly owner: Pick<Offender, 'manager'> | null
}

/** Whether two looks found the same fields left to the same owners, whatever their values. */
export function isSameAllowed(one: readonly Known[], other: readonly Known[]): boolean {
  const keysOf = (all: readonly Known[]): string => all.map(keyOf).toSorted().join()
  return keysOf(one) === keysOf(other)
}

function keyOf({ ref, path, reason, owner }: Known): string {
  const { kind, namespace, name } = ref
  return JSON.stringify([kind, namespace, name, path, reason, owner?.manager])
}
