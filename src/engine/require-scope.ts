import { unknownKind } from '../cluster/errors.ts'
import { StageError } from '../domain/error.ts'
import { describeRef, type ObjectRef } from '../domain/kube-object.ts'
import type { Target } from './target.ts'

/**
 * Of a kind that the server did not know when it was planned, the scope was taken from Git, and `allow`
 * checked for that one. Throws APPLY_INCOMPLETE where it is the other: it has to be planned anew.
 */
export async function requireScope(
  { cluster }: Pick<Target, 'cluster'>,
  ref: ObjectRef,
): Promise<void> {
  const mapping = await cluster.discovery.find(ref)
  if (mapping === undefined) throw unknownKind(ref)
  if (mapping.namespaced === (ref.namespace !== '')) return
  const scope = mapping.namespaced ? 'lives in a namespace' : 'lives in no namespace'
  const text = `${describeRef(ref)}: its kind, which is there now, ${scope}; it is planned anew`
  throw new StageError('APPLY_INCOMPLETE', text)
}
