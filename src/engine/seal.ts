import type { KubeObject, ManagedFieldsEntry } from '../domain/kube-object.ts'
import { hashOf } from './canonical-json.ts'
import { isOurApply } from './manager-class.ts'

/**
 * Hash of the fields Landfall owns by apply. Whoever changes or removes a declared field takes it
 * out of our entry, so an unchanged seal means that every declared field stands as it was applied.
 * undefined: we own nothing of this object.
 */
export function sealOf(live: KubeObject): string | undefined {
  const entry = ourEntry(live)
  return entry?.fieldsV1 === undefined ? undefined : hashOf(entry.fieldsV1)
}

export function ourEntry(live: KubeObject): ManagedFieldsEntry | undefined {
  return live.metadata.managedFields?.find(isOurApply)
}
