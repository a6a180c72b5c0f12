import { StageError } from '../domain/error.ts'
import { describeRef, type KubeObject, refOf } from '../domain/kube-object.ts'
import { findNode } from './fields-v1.ts'
import { classifyManager, isOurApply } from './manager-class.ts'
import { partOfLabel } from './place-objects.ts'
import { ourEntry } from './seal.ts'

/** Throws PLAN_OWNED_BY_OTHER: an object of another deployer or application is never taken silently. */
export function refuseForeign(partOf: string, live: KubeObject): void {
  const owner = live.metadata.labels?.[partOfLabel]
  if (owner !== undefined && owner !== partOf) throw ofOtherApplication(live, owner)
  const entries = live.metadata.managedFields ?? []
  const deployer = entries.find((entry) => classifyManager(entry) === 'deployer')
  if (deployer === undefined || entries.some(isOurApply)) return
  throw new StageError(
    'PLAN_OWNED_BY_OTHER',
    `${describeRef(refOf(live))} is managed by ${deployer.manager}; let ${deployer.manager} release it first, or give the object another name`,
  )
}

/** Throws PLAN_OWNED_BY_OTHER when Landfall itself, and no person, labelled it for another application. */
export function refuseTaken(partOf: string, live: KubeObject): void {
  const owner = live.metadata.labels?.[partOfLabel]
  if (owner === undefined || owner === partOf) return
  const label = findNode(ourEntry(live)?.fieldsV1 ?? {}, [
    'f:metadata',
    'f:labels',
    `f:${partOfLabel}`,
  ])
  if (label !== undefined) throw ofOtherApplication(live, owner)
}

function ofOtherApplication(live: KubeObject, owner: string): StageError {
  return new StageError(
    'PLAN_OWNED_BY_OTHER',
    `${describeRef(refOf(live))} belongs to another application (${partOfLabel}: ${owner}); remove it from one of the two`,
  )
}
