import type { Applied } from '../cluster/cluster.ts'
import { StageError } from '../domain/error.ts'
import type { KubeObject } from '../domain/kube-object.ts'
import { applyAdopting } from './adopt-object.ts'
import { refuseForeign } from './foreign-owner.ts'
import { ourEntry } from './seal.ts'
import type { PlannedWrite, Target } from './target.ts'

export interface Claimed extends Applied {
  /** What was there before; undefined: nothing. */
  readonly before: KubeObject | undefined
  readonly takenFrom: string | undefined
}

const attempts = 5

// No object ever has it: the version of an empty store. What is there already is a conflict then.
const versionOfNone = '1'

/**
 * Applies an object that is not ours yet, as it was last looked at and no other: of two applications
 * that want it at once, one is given it. Throws PLAN_OWNED_BY_OTHER for the other one.
 */
export async function claimObject(
  target: Target,
  { desired, live: first, takenFrom: from }: PlannedWrite,
  payload: (live: KubeObject | undefined) => KubeObject,
): Promise<Claimed> {
  let live = first
  let takenFrom = from
  for (let attempt = 1; ; attempt += 1) {
    try {
      const applied =
        live === undefined || ourEntry(live) !== undefined
          ? await target.client.apply(asOf(live, payload))
          : await applyAdopting(target, desired.ref, live, (owned) => asOf(owned, payload))
      return { ...applied, before: live, takenFrom }
    } catch (error) {
      const isStale = error instanceof StageError && error.code === 'OBJECT_CONFLICT'
      if (!isStale || attempt === attempts) throw error
      live = await target.client.get(desired.ref)
      takenFrom = live === undefined ? undefined : await refuseForeign(target, live)
    }
  }
}

/** To be applied to this version of the object alone, or to none. */
export function asOf(
  live: KubeObject | undefined,
  payload: (live: KubeObject | undefined) => KubeObject,
): KubeObject {
  const object = payload(live)
  const resourceVersion = live?.metadata.resourceVersion ?? versionOfNone
  return { ...object, metadata: { ...object.metadata, resourceVersion } }
}
