import { StageError } from '../domain/error.ts'
import type { KubeObject, ObjectRef } from '../domain/kube-object.ts'
import type { Target } from './target.ts'

/** The live object; undefined: there is none, or the cluster has no such kind (any more). */
export async function readExisting(
  target: Pick<Target, 'client'>,
  ref: ObjectRef,
): Promise<KubeObject | undefined> {
  try {
    return await target.client.get(ref)
  } catch (error) {
    if (error instanceof StageError && error.code === 'PLAN_UNKNOWN_KIND') return undefined
    throw error
  }
}
