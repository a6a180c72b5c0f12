import type { Application } from '../domain/application.ts'
import type { Desired } from '../domain/change.ts'
import { asStageError, type StageError } from '../domain/error.ts'
import { emptyInventory } from '../domain/inventory.ts'
import { type KubeObject, refKey } from '../domain/kube-object.ts'
import { actOnFresh } from './act-on-fresh.ts'
import { applyAdopting } from './adopt-object.ts'
import { readDirectives } from './directive.ts'
import { refuseForeign } from './foreign-owner.ts'
import { hasPods } from './health/built-in-kinds.ts'
import { ignoredPointers } from './ignored-field.ts'
import { mapInFlight, requestsInFlight } from './in-flight.ts'
import { releasedDeployers } from './manager-class.ts'
import { payloadFor } from './payload.ts'
import { type PlannedChange, previewChanges } from './preview.ts'
import { readExisting } from './read-existing.ts'
import { ourEntry } from './seal.ts'
import { requireServiceAccount } from './service-account.ts'
import type { Target } from './target.ts'

/** One object that is there already and was never Landfall's. */
export interface Adoptable {
  readonly desired: Desired
  /** Field managers that own something of it, those of controllers too. */
  readonly owners: readonly string[]
  /** What taking it over changes. */
  readonly change: PlannedChange
  /** Its pod template changes: the pods are replaced. */
  readonly restartsPods: boolean
}

/**
 * The desired objects that others made, and what would become of each: fields that their deployer
 * owns and Git does not declare go, as those of a person do. Writes nothing. An object of another
 * application is rejected.
 */
export async function findAdoptable(
  target: Target,
  desired: readonly Desired[],
): Promise<Adoptable[]> {
  const adopting = toAdopting(target)
  await requireServiceAccount(target.own, target.application)
  const found = await mapInFlight(desired, requestsInFlight, async (item) => {
    if (readDirectives(item.object).sync !== 'always') return undefined
    const live = await readExisting(target, item.ref)
    if (live === undefined || ourEntry(live) !== undefined) return undefined
    return { item, live }
  })
  const others = found.filter((one) => one !== undefined)
  const changes = await previewChanges(
    adopting,
    { desired: others.map(({ item }) => item), hooks: [] },
    emptyInventory,
    false,
  )
  const byKey = new Map(changes.map((change) => [refKey(change.ref), change]))
  const adoptables = await mapInFlight(others, requestsInFlight, async ({ item, live }) => {
    const change = byKey.get(refKey(item.ref))
    return change === undefined ? undefined : adoptable(adopting, { item, live, change })
  })
  return adoptables.filter((one) => one !== undefined)
}

/**
 * Takes one of them over: ownership first, by a patch guarded by the version it was read at, then a
 * server-side apply. The next sync finds it to be its own.
 */
export async function adopt(target: Target, { desired }: Adoptable): Promise<void> {
  const adopting = toAdopting(target)
  const ignored = ignoredPointers(target.application.ignore, desired.ref)
  const look = () => target.client.get(desired.ref)
  await actOnFresh(target, await look(), look, async (live) => {
    if (live === undefined || ourEntry(live) !== undefined) return
    await refuseForeign(adopting, live)
    await applyAdopting(adopting, desired.ref, live, (current) =>
      payloadFor(desired, current, ignored, adopting.application.managers),
    )
  })
}

interface Found {
  readonly item: Desired
  readonly live: KubeObject
  readonly change: PlannedChange
}

async function adoptable(target: Target, { item, live, change }: Found): Promise<Adoptable> {
  const names = (live.metadata.managedFields ?? []).map(({ manager }) => manager ?? 'unknown')
  const isTemplate = ({ path }: { readonly path: string }) => path.startsWith('/spec/template')
  const fault = await ownershipFault(target, live)
  return {
    desired: item,
    owners: Array.from(new Set(names)),
    change:
      fault === undefined
        ? change
        : { ...change, action: 'reject', fields: [], message: fault.text },
    restartsPods: hasPods(item.ref) && change.fields.some(isTemplate),
  }
}

async function ownershipFault(target: Target, live: KubeObject): Promise<StageError | undefined> {
  try {
    await refuseForeign(target, live)
    return undefined
  } catch (error) {
    return asStageError(error)
  }
}

function toAdopting(target: Target): Target {
  const { application } = target
  const managers: Application['managers'] = [
    ...application.managers.map((rule) =>
      rule.class === 'deployer' ? { ...rule, class: 'human' as const } : rule,
    ),
    ...releasedDeployers,
  ]
  return { ...target, application: { ...application, managers } }
}
