import type { Applied } from '../cluster/cluster.ts'
import type { KubeObject } from '../domain/kube-object.ts'
import { actOnFresh } from './act-on-fresh.ts'
import { applyAdopting } from './adopt-object.ts'
import { refuseForeign } from './foreign-owner.ts'
import { ourEntry } from './seal.ts'
import type { PlannedWrite, Target } from './target.ts'

export interface Claimed extends Applied {
  /** What was there before; undefined: nothing. */
  readonly before: KubeObject | undefined
  readonly takenFrom: string | undefined
}

// No object ever has it: the version of an empty store. What is there already is a conflict then.
const versionOfNone = '1'

type Payload = (live: KubeObject | undefined) => KubeObject

/**
 * Applies an object that is not ours yet, as it was last looked at and no other: of two applications
 * that want it at once, one is given it. Throws PLAN_OWNED_BY_OTHER for the other one.
 */
export function claimObject(
  target: Target,
  planned: PlannedWrite,
  payload: Payload,
): Promise<Claimed> {
  return applySeen(target, planned, (live) =>
    live === undefined || ourEntry(live) !== undefined
      ? target.client.apply(asOf(live, payload))
      : applyAdopting(target, planned.desired.ref, live, (owned) => asOf(owned, payload)),
  )
}

/**
 * Applies an object of ours with what is kept of the live one, as it was last looked at: what others
 * have set since is kept too. Throws PLAN_OWNED_BY_OTHER where it has become somebody else's.
 */
export function applyKeeping(
  target: Target,
  planned: PlannedWrite,
  payload: Payload,
): Promise<Claimed> {
  return applySeen(target, planned, (live) => target.client.apply(asOf(live, payload)))
}

async function applySeen(
  target: Target,
  { desired, live, takenFrom }: PlannedWrite,
  apply: (live: KubeObject | undefined) => Promise<Applied>,
): Promise<Claimed> {
  type Seen = Pick<PlannedWrite, 'live' | 'takenFrom'>
  const look = async (): Promise<Seen> => {
    const live = await target.client.get(desired.ref)
    return { live, takenFrom: live === undefined ? undefined : await refuseForeign(target, live) }
  }
  return actOnFresh<Seen, Claimed>(
    target,
    { live, takenFrom },
    look,
    async ({ live, takenFrom }) => {
      return { ...(await apply(live)), before: live, takenFrom }
    },
  )
}

/** To be applied to this version of the object alone, or to none. */
export function asOf(live: KubeObject | undefined, payload: Payload): KubeObject {
  const object = payload(live)
  const resourceVersion = live?.metadata.resourceVersion ?? versionOfNone
  return { ...object, metadata: { ...object.metadata, resourceVersion } }
}
