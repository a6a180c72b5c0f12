import type { Change, Desired } from '../domain/change.ts'
import type { Drift } from '../domain/drift.ts'
import { StageError } from '../domain/error.ts'
import type { InventoryEntry } from '../domain/inventory.ts'
import { bareRef, describeRef } from '../domain/kube-object.ts'
import { more } from './allow-list.ts'
import type { Written } from './apply-writes.ts'
import type { Healing } from './heal.ts'
import type { Finding } from './inspect-drift.ts'
import { keptReason, type PruneDecision } from './prune-policy.ts'
import type { Split } from './split-desired.ts'

export function changesOf(split: Split, written: readonly Written[]): Change[] {
  return [
    ...written.map(({ desired, action, error }) => ({
      ref: desired.ref,
      action,
      message: error?.text ?? '',
      origin: desired.origin,
    })),
    ...split.kept.map(({ desired }) => ({
      ref: desired.ref,
      action: 'unchanged' as const,
      message: '',
      origin: desired.origin,
    })),
    ...split.ahead.map(({ desired }) =>
      skipped(desired, 'as a later commit, which failed, left it'),
    ),
    ...split.ignored.map((desired) => skipped(desired, 'annotated to be ignored')),
  ]
}

function skipped({ ref, origin }: Desired, message: string): Change {
  return { ref, action: 'skipped', message, origin }
}

export function keptChanges(prune: PruneDecision): Change[] {
  if (prune.kind === 'none' || prune.kind === 'postponed') return []
  const message = (entry: InventoryEntry): string =>
    prune.kind === 'prune'
      ? keptReason(entry)
      : `no longer in Git, but kept: ${prune.kind === 'refused' ? 'pruning was refused' : 'sync.prune is false'}`
  return prune.kept.map((entry) => ({
    ref: bareRef(entry),
    action: 'skipped',
    message: message(entry),
    origin: undefined,
  }))
}

export function driftOf(findings: readonly Finding[], healed: readonly Healing[]): Drift[] {
  const told = new Set(healed.map((healing) => healing.finding))
  return [
    ...healed.flatMap((healing) => healing.drift),
    ...findings.flatMap((finding) =>
      told.has(finding) || finding.drift === undefined ? [] : [finding.drift],
    ),
  ]
}

/** Why the cluster is still not as Git wants it, after all that could be done was done. */
export function failureOf(input: {
  readonly written: readonly Written[]
  readonly healed: readonly Healing[]
  readonly prune: PruneDecision
  readonly pruned: readonly Change[]
}): StageError | undefined {
  const failures = [
    ...input.written.map(({ desired, error }) => ({ desired, error })),
    ...input.healed.map(({ finding, error }) => ({ desired: finding.desired, error })),
  ].flatMap(({ desired, error }) => (error === undefined ? [] : [{ desired, error }]))
  const first = failures[0]
  if (first !== undefined) {
    const subjects = failures.map(({ desired, error }) => ({
      object: describeRef(desired.ref),
      file: desired.origin.file,
      line: desired.origin.line,
      message: error.text,
    }))
    const isFinal = failures.every(({ error }) => error.retry.kind === 'never')
    return new StageError('APPLY_INCOMPLETE', `${first.error.text}${more(failures.length - 1)}`, {
      subjects,
      cause: first.error,
      ...(isFinal ? { retry: { kind: 'never' } } : {}),
    })
  }
  if (input.prune.kind === 'refused') return new StageError('PRUNE_REFUSED', input.prune.reason)
  const stuck = input.pruned.filter((change) => change.action === 'failed')
  return stuck[0] === undefined
    ? undefined
    : new StageError(
        'PRUNE_INCOMPLETE',
        `${describeRef(stuck[0].ref)} could not be deleted: ${stuck[0].message}${more(stuck.length - 1)}`,
      )
}
