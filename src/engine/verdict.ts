import type { ManagerRule } from '../domain/application.ts'
import type { InventoryEntry } from '../domain/inventory.ts'
import type { KubeObject } from '../domain/kube-object.ts'
import type { Sighting } from '../domain/watch-note.ts'
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
  const fields = extraFieldsOf(live, ignored, rules)
  const kind = judgeSighting(sightingOf(live, fields), baseline)
  return kind === 'extra' ? { kind, fields } : { kind }
}

/** `judge`, of what was kept of an object. */
export function judgeSighting(seen: Sighting, baseline: Baseline): Verdict['kind'] {
  if (seen.isGoing) return 'terminating'
  if (seen.seal === undefined) return 'unowned'
  if (seen.seal !== baseline.seal) return 'lost'
  if (seen.extras !== undefined && seen.extras !== baseline.futileExtras) return 'extra'
  return hasMoved(seen, baseline) ? 'suspect' : 'clean'
}

/** What an object's metadata alone tells of it. */
export function sight(
  live: KubeObject,
  ignored: readonly string[],
  rules: readonly ManagerRule[],
): Sighting {
  return sightingOf(live, extraFieldsOf(live, ignored, rules))
}

function sightingOf(live: KubeObject, extras: readonly ExtraField[]): Sighting {
  const { uid = '', resourceVersion = '', generation, deletionTimestamp } = live.metadata
  return {
    uid,
    resourceVersion,
    generation,
    isGoing: deletionTimestamp !== undefined,
    seal: sealOf(live),
    extras: extras.length === 0 ? undefined : hashExtras(extras),
  }
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
function hasMoved(seen: Sighting, baseline: Baseline): boolean {
  if (seen.uid !== baseline.uid) return true
  return seen.generation === undefined
    ? seen.resourceVersion !== baseline.resourceVersion
    : seen.generation !== baseline.generation
}

export function baselineOf(live: KubeObject): Baseline {
  return {
    uid: live.metadata.uid ?? '',
    seal: sealOf(live) ?? '',
    generation: live.metadata.generation ?? 0,
    resourceVersion: live.metadata.resourceVersion ?? '',
  }
}
