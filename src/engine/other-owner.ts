import type { NamedInventory } from '../cluster/cluster.ts'
import { asStageError, type Retry, StageError } from '../domain/error.ts'
import type { Inventory } from '../domain/inventory.ts'
import {
  describeRef,
  type KubeObject,
  type ObjectRef,
  refKey,
  refOf,
} from '../domain/kube-object.ts'
import type { Neighbour } from './neighbours.ts'
import { partOfLabel } from './place-objects.ts'
import type { Target } from './target.ts'

type Owned = Pick<Target, 'application' | 'cluster' | 'own' | 'partOf' | 'neighbours'>

/**
 * The application that has had a live object so far, where this one may take it over: its Git no
 * longer has it in the commit that is deployed here, or it has let go of it. undefined: no other
 * application has it. Throws PLAN_OWNED_BY_OTHER.
 */
export async function formerOwner(target: Owned, live: KubeObject): Promise<string | undefined> {
  const partOf = live.metadata.labels?.[partOfLabel]
  if (partOf === undefined || partOf === target.partOf) return undefined
  const ref = refOf(live)
  const name = target.neighbours.nameOf(partOf)
  const neighbour = name === undefined ? undefined : target.neighbours.find(name)
  const claim =
    neighbour === undefined
      ? await claimByInventory(target, ref, { partOf, name })
      : await claimOfNeighbour(target, ref, neighbour)
  if (claim.kind === 'free') return claim.name
  const { text, ...options } = claim
  throw new StageError('PLAN_OWNED_BY_OTHER', `${describeRef(ref)} belongs to ${text}`, options)
}

type Claim =
  | { readonly kind: 'free'; readonly name: string }
  | {
      readonly kind: 'owned'
      readonly text: string
      readonly retry?: Retry
      readonly cause?: unknown
    }

/** By what the other one has in the same commit. */
async function claimOfNeighbour(
  { application }: Owned,
  ref: ObjectRef,
  neighbour: Neighbour,
): Promise<Claim> {
  const { name } = neighbour
  try {
    if (await neighbour.has(ref)) {
      const text = `application ${name}, whose folder has it too; remove it from ${name} or from ${application.name}`
      return { kind: 'owned', text }
    }
  } catch (error) {
    const cause = asStageError(error)
    const text = `application ${name}, and whether that still has it in Git is not known: ${cause.text}`
    return { kind: 'owned', text, cause, retry: cause.retry }
  }
  if (!(await neighbour.isPaused())) return { kind: 'free', name }
  const text = `application ${name}, which no longer has it in Git, but is paused; run: landfall resume ${name}`
  return { kind: 'owned', text, retry: { kind: 'backoff' } }
}

/** By what its inventory says. */
async function claimByInventory(
  target: Owned,
  ref: ObjectRef,
  owner: { readonly partOf: string; readonly name: string | undefined },
): Promise<Claim> {
  const found =
    owner.name === undefined
      ? await findInventory(target, owner.partOf)
      : { application: owner.name, inventory: await target.cluster.inventory.read(owner.name) }
  if (found === undefined) {
    const text = `another application (${partOfLabel}: ${owner.partOf}), of which this Landfall knows nothing; remove it there, or give it another name in ${target.application.name}`
    return { kind: 'owned', text }
  }
  const { application: name, inventory } = found
  if (inventory?.resourceVersion !== undefined && !owns(inventory, ref))
    return { kind: 'free', name }
  const own = target.application.name
  const text =
    owner.name === undefined
      ? `application ${name}, which is not configured here; unless another Landfall deploys it: landfall orphan ${name}, then landfall sync ${own}`
      : `application ${name}; remove it from ${name} or from ${own}`
  return { kind: 'owned', text }
}

function owns({ entries, hooks }: Inventory, ref: ObjectRef): boolean {
  return [...entries, ...hooks].some((entry) => refKey(entry) === refKey(ref))
}

/** Of an application that is not configured here. A worker need not have the right to list them. */
async function findInventory(
  { cluster, own }: Owned,
  partOf: string,
): Promise<NamedInventory | undefined> {
  try {
    const { items } = await own.list(cluster.inventory.queryOf(partOf))
    return items[0] === undefined ? undefined : cluster.inventory.parse(items[0])
  } catch (error) {
    if (error instanceof StageError && error.code === 'CLUSTER_FORBIDDEN') return undefined
    throw error
  }
}
