import type { Applied } from '../cluster/cluster.ts'
import type { Action, Desired } from '../domain/change.ts'
import type { Drift } from '../domain/drift.ts'
import { asStageError, StageError } from '../domain/error.ts'
import { describeRef, type KubeObject } from '../domain/kube-object.ts'
import { applyAdopting } from './adopt-object.ts'
import { inTiers } from './apply-order.ts'
import { awaitEstablished, whenServed } from './await-kinds.ts'
import { ignoredPointers } from './ignored-field.ts'
import { mapInFlight, requestsInFlight } from './in-flight.ts'
import { payloadFor } from './payload.ts'
import { defines } from './place-objects.ts'
import { removeExtras } from './remove-extras.ts'
import { ourEntry } from './seal.ts'
import type { PlannedWrite, Target } from './target.ts'
import { tellExtra } from './tell-drift.ts'

export interface Written {
  readonly desired: Desired
  readonly action: Action
  /** The server's answer; undefined when it failed or was skipped. */
  readonly live: KubeObject | undefined
  readonly drift: readonly Drift[]
  readonly error: StageError | undefined
}

/**
 * Writes in tiers, in parallel inside one: namespaces and CRDs first, and established, before what
 * needs them. A failed object stops only what depends on it; each object has its own result.
 */
export async function applyWrites(
  target: Target,
  writes: readonly PlannedWrite[],
): Promise<Written[]> {
  const tiers = inTiers(writes.map((write) => ({ ref: write.desired.ref, write })))
  const results: Written[] = []
  for (const tier of tiers) {
    target.signal.throwIfAborted()
    const failed = results.filter((result) => result.action === 'failed')
    const done = await mapInFlight(tier, requestsInFlight, ({ write }) =>
      writeOne(target, write, failed),
    )
    results.push(...(await awaitKinds(target, done, writes)))
  }
  return results
}

async function writeOne(
  target: Target,
  write: PlannedWrite,
  failed: readonly Written[],
): Promise<Written> {
  const { desired } = write
  const blocker = failed.find((result) => isNeededBy(result.desired, desired))
  if (blocker !== undefined) {
    const text = `${describeRef(desired.ref)} needs ${describeRef(blocker.desired.ref)}, which failed`
    const error = new StageError('APPLY_INCOMPLETE', text)
    return { desired, action: 'skipped', live: undefined, drift: [], error }
  }
  try {
    return await applyOne(target, write)
  } catch (error) {
    return { desired, action: 'failed', live: undefined, drift: [], error: asStageError(error) }
  }
}

function isNeededBy(needed: Desired, desired: Desired): boolean {
  if (needed.ref.kind === 'Namespace' && needed.ref.group === '') {
    return desired.ref.namespace === needed.ref.name
  }
  return defines(needed.object, desired.ref)
}

async function applyOne(target: Target, write: PlannedWrite): Promise<Written> {
  const { desired, reason } = write
  const { client } = target
  const ignored = ignoredPointers(target.application.ignore, desired.ref)
  const before = write.live
  const isThere = before !== undefined && reason === 'new'
  const payload = (live: KubeObject | undefined): KubeObject =>
    payloadFor(desired.object, live, ignored)
  const apply = (options?: { dryRun: boolean }): Promise<Applied> =>
    write.predicted === undefined
      ? whenServed(target, () => client.apply(payload(before), options))
      : client.apply(payload(before), options)
  // Deferred by the gate: what it needed is there now, so it is checked before it is written.
  const predicted = write.predicted ?? (await apply({ dryRun: true })).object
  const { object: applied, created } =
    isThere && ourEntry(before) === undefined
      ? await applyAdopting(target, desired.ref, before, payload)
      : await apply()
  const { live, removed } = await removeExtras(target, desired.ref, applied, ignored)
  const action = created ? 'created' : sameVersion(live, before ?? predicted)
  const drift = removed.length === 0 ? [] : [tellExtra(desired.ref, removed, target.mask)]
  return {
    desired,
    action,
    live,
    drift: drift.map((item) => ({ ...item, healed: true })),
    error: undefined,
  }
}

function sameVersion(live: KubeObject, before: KubeObject): Action {
  return live.metadata.resourceVersion === before.metadata.resourceVersion
    ? 'unchanged'
    : 'configured'
}

/**
 * Waits until the CRDs just written are served, when objects of their kinds come after. One that
 * never is has failed, and stops those objects alone.
 */
async function awaitKinds(
  target: Target,
  done: readonly Written[],
  writes: readonly PlannedWrite[],
): Promise<readonly Written[]> {
  return Promise.all(
    done.map(async (result): Promise<Written> => {
      const { desired, live } = result
      const isNeeded = writes.some((write) => defines(desired.object, write.desired.ref))
      if (live === undefined || !isNeeded) return result
      try {
        await awaitEstablished(target, desired.ref)
        return result
      } catch (error) {
        return { ...result, action: 'failed', error: asStageError(error) }
      }
    }),
  )
}
