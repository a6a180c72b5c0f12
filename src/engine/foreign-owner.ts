import { StageError } from '../domain/error.ts'
import { describeRef, type KubeObject, refOf } from '../domain/kube-object.ts'
import { classEntries } from './classed-entries.ts'
import { findNode } from './fields-v1.ts'
import { formerOwner } from './other-owner.ts'
import { partOfLabel } from './place-objects.ts'
import { ourEntry } from './seal.ts'
import type { Target } from './target.ts'

/**
 * Throws PLAN_OWNED_BY_OTHER: an object of another deployer or application is never taken silently.
 * Gives the name of the application that it may be taken over from, if there is one.
 */
export async function refuseForeign(target: Target, live: KubeObject): Promise<string | undefined> {
  const former = await formerOwner(target, live)
  refuseDeployed(target, live)
  return former
}

/** Throws PLAN_OWNED_BY_OTHER for what Helm or another deployer made. */
function refuseDeployed({ application }: Pick<Target, 'application'>, live: KubeObject): void {
  const parts = classEntries(live, application.managers)
  const deployer = parts.find((part) => part.class === 'deployer')?.entry
  if (deployer === undefined || ourEntry(live) !== undefined) return
  throw new StageError(
    'PLAN_OWNED_BY_OTHER',
    `${describeRef(refOf(live))} is managed by ${deployer.manager}; give the object another name, or stop ${deployer.manager} from writing it and take it over: landfall adopt ${application.name}`,
  )
}

/**
 * Whether an object of ours was given to another application by Landfall itself, and no person, and
 * may be taken back. Throws PLAN_OWNED_BY_OTHER where it may not.
 */
export async function isToBeTakenBack(target: Target, live: KubeObject): Promise<boolean> {
  const label = findNode(ourEntry(live)?.fieldsV1 ?? {}, [
    'f:metadata',
    'f:labels',
    `f:${partOfLabel}`,
  ])
  return label !== undefined && (await formerOwner(target, live)) !== undefined
}

/** For the record of the sync. */
export function takenOverNote(application: string): string {
  return `taken over from application ${application}`
}
