import type { ManagerRule } from '../domain/application.ts'
import type { InventoryEntry } from '../domain/inventory.ts'
import type { KubeObject } from '../domain/kube-object.ts'
import { hashOf } from './canonical-json.ts'
import { type ExtraField, findExtraFields } from './extra-fields.ts'
import { isIgnored } from './ignored-field.ts'
import { sealOf } from './seal.ts'

/**
 * What one look at a live object says about drift, with no request:
 * missing: it is gone · terminating: it is going · unowned: made again by hand, or its ownership
 * was wiped · lost: a declared field was changed or removed · extra: a person added fields ·
 * suspect: something moved that only the server can judge · clean.
 */
export type Verdict =
  | { readonly kind: 'clean' | 'missing' | 'terminating' | 'unowned' | 'lost' | 'suspect' }
  | { readonly kind: 'extra'; readonly fields: readonly ExtraField[] }

/** The version of an object that was last found to be as Git wants it. */
export interface Baseline
  extends Pick<InventoryEntry, 'uid' | 'seal' | 'generation' | 'resourceVersion'> {
  /** Hash of extra fields whose removal changed nothing: the server's defaults are the same. */
  readonly futileExtras?: string
}

export function judge(
  live: KubeObject | undefined,
  baseline: Baseline,
  ignored: readonly string[],
  rules: readonly ManagerRule[] = [],
): Verdict {
  if (live === undefined) return { kind: 'missing' }
  if (live.metadata.deletionTimestamp !== undefined) return { kind: 'terminating' }
  const seal = sealOf(live)
  if (seal === undefined) return { kind: 'unowned' }
  if (seal !== baseline.seal) return { kind: 'lost' }
  const fields = extraFieldsOf(live, ignored, rules)
  if (fields.length > 0 && hashExtras(fields) !== baseline.futileExtras) {
    return { kind: 'extra', fields }
  }
  return { kind: hasMoved(live, baseline) ? 'suspect' : 'clean' }
}

export function extraFieldsOf(
  live: KubeObject,
  ignored: readonly string[],
  rules: readonly ManagerRule[],
): ExtraField[] {
  if (ignored.length === 0) return findExtraFields(live, undefined, rules)
  return findExtraFields(live, (pointer) => isIgnored(pointer, ignored), rules)
}

export function hashExtras(fields: readonly ExtraField[]): string {
  return hashOf(fields.map(({ pointer, value }) => ({ pointer, value })))
}

/** Status writes move the resourceVersion; kinds that count generations move theirs by spec only. */
function hasMoved(live: KubeObject, baseline: Baseline): boolean {
  if (live.metadata.uid !== baseline.uid) return true
  return live.metadata.generation === undefined
    ? live.metadata.resourceVersion !== baseline.resourceVersion
    : live.metadata.generation !== baseline.generation
}

export function baselineOf(live: KubeObject): Baseline {
  return {
    uid: live.metadata.uid ?? '',
    seal: sealOf(live) ?? '',
    generation: live.metadata.generation ?? 0,
    resourceVersion: live.metadata.resourceVersion ?? '',
  }
}
