import { StageError } from '../domain/error.ts'
import { describeRef, type KubeObject, type ObjectRef } from '../domain/kube-object.ts'
import type { Target } from './target.ts'
import { waitForObject } from './wait-for.ts'

/** Waits until the object with this uid is gone. Throws OBJECT_TERMINATING, with what holds it. */
export async function awaitGone(
  { own, signal }: Pick<Target, 'own' | 'signal'>,
  ref: ObjectRef,
  { uid, withinMs }: { readonly uid: string; readonly withinMs: number },
): Promise<void> {
  const limit = AbortSignal.timeout(withinMs)
  let finalizers: unknown
  const isGone = (object: KubeObject | undefined): boolean => {
    finalizers = object?.metadata['finalizers']
    return object?.metadata.uid !== uid
  }
  try {
    await waitForObject(own, ref, isGone, AbortSignal.any([signal, limit]))
  } catch (error) {
    if (!limit.aborted) throw error
    const seconds = Math.round(withinMs / 1000)
    const holder = Array.isArray(finalizers)
      ? `its finalizers ${finalizers.join(', ')} hold it`
      : 'what holds it is not known'
    const text = `${describeRef(ref)} is not gone ${seconds} s after it was deleted; ${holder}`
    throw new StageError('OBJECT_TERMINATING', text, { cause: error })
  }
}
