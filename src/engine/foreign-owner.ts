import { StageError } from '../domain/error.ts'
import { describeRef, type KubeObject, refOf } from '../domain/kube-object.ts'
import { classEntries } from './classed-entries.ts'
import { findNode } from './fields-v1.ts'
import { partOfLabel } from './place-objects.ts'
import { ourEntry } from './seal.ts'
import type { Target } from './target.ts'

/** Throws PLAN_OWNED_BY_OTHER: an object of another deployer or application is never taken silently. */
export function refuseForeign(
  { partOf, application }: Pick<Target, 'partOf' | 'application'>,
  live: KubeObject,
): void {
  const owner = live.metadata.labels?.[partOfLabel]
  if (owner !== undefined && owner !== partOf) throw ofOtherApplication(live, owner)
  const parts = classEntries(live, application.managers)
  const deployer = parts.find((part) => part.class === 'deployer')?.entry
  if (deployer === undefined || ourEntry(live) !== undefined) return
  throw new StageError(
    'PLAN_OWNED_BY_OTHER',
    `${describeRef(refOf(live))} is managed by ${deployer.manager}; give the object another name, or stop ${deployer.manager} from writing it and take it over: landfall adopt ${application.name}`,
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
