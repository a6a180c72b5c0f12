import type { Applied } from '../cluster/cluster.ts'
import type { ManagerRule } from '../domain/application.ts'
import type { Desired } from '../domain/change.ts'
import { StageError } from '../domain/error.ts'
import type { FieldsV1, KubeObject } from '../domain/kube-object.ts'
import { adoptionPatch } from './adoption.ts'
import { classEntries } from './classed-entries.ts'
import { findNode } from './fields-v1.ts'
import { refuseForeign } from './foreign-owner.ts'
import { resolveField } from './resolve-field.ts'
import { ourEntry } from './seal.ts'
import type { Target } from './target.ts'

/**
 * Dry-runs an apply; where it fails since a person owns half of a list item that Git no longer has,
 * takes the ownership over and tries once more. Without Landfall's half the item is not valid
 * (a container without its image), so the apply would fail for ever:
 * https://github.com/fluxcd/kustomize-controller/issues/1722. No field changes by that.
 */
export async function dryRunFreeing(
  target: Target,
  desired: Desired,
  known: KubeObject | undefined,
  dryRun: () => Promise<Applied>,
): Promise<Applied> {
  try {
    return await dryRun()
  } catch (error) {
    if (!(error instanceof StageError) || error.code !== 'OBJECT_INVALID') throw error
    const live = known ?? (await target.client.get(desired.ref))
    const rules = target.application.managers
    if (live === undefined || !hasHalfOwned(live, desired.object, rules)) throw error
    const patch = adoptionPatch(live, rules)
    if (patch === undefined) throw error
    await refuseForeign(target, live)
    await target.client.patchJson(desired.ref, patch)
    return dryRun()
  }
}

/** Whether a person and Landfall both own something of a list item that is not in `desired`. */
export function hasHalfOwned(
  live: KubeObject,
  desired: KubeObject,
  rules: readonly ManagerRule[],
): boolean {
  const ours = ourEntry(live)?.fieldsV1
  if (ours === undefined) return false
  return classEntries(live, rules)
    .filter((part) => part.class === 'human')
    .flatMap(({ entry }) => itemPaths(entry.fieldsV1 ?? {}, []))
    .some((path) => findNode(ours, path) !== undefined && resolveField(desired, path) === undefined)
}

function itemPaths(set: FieldsV1, path: readonly string[]): (readonly string[])[] {
  return Object.entries(set).flatMap(([key, child]) => {
    const childPath = [...path, key]
    const below = itemPaths(child, childPath)
    return key.startsWith('k:') ? [childPath, ...below] : below
  })
}
