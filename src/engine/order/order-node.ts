import type { KubeObject, ObjectRef } from '../../domain/kube-object.ts'

/** An object where it is to stand: in Git, or in the cluster. */
export interface Placed {
  readonly ref: ObjectRef
  readonly object: KubeObject
}

/**
 * One place in the order. object: something to write · gate: its `awaited` objects are healthy
 * before what needs it begins · join: nothing but the end of others.
 */
export interface OrderNode {
  /** `refKey` of an object; of the others a name of their own. */
  readonly key: string
  readonly kind: 'object' | 'gate' | 'join'
  /** Among those that may begin, lower ones do first. */
  readonly rank: number
  readonly needs: readonly Need[]
  /** `refKey`s of the objects whose health a gate waits for. */
  readonly awaited: readonly string[]
}

export interface Need {
  readonly key: string
  /** success: where it failed, this one is skipped · end: only its turn comes later. */
  readonly on: 'success' | 'end'
}
