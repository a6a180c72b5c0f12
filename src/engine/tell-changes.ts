import type { Action, Change, Desired } from '../domain/change.ts'
import type { Drift } from '../domain/drift.ts'
import { StageError } from '../domain/error.ts'
import type { InventoryEntry } from '../domain/inventory.ts'
import { bareRef, describeRef } from '../domain/kube-object.ts'
import { more, subjectOf } from './allow-list.ts'
import type { Written } from './apply-one.ts'
import type { Healing } from './heal.ts'
import type { Finding } from './inspect-drift.ts'
import type { Ended } from './prune-objects.ts'
import { keptReason, type PruneDecision } from './prune-policy.ts'
import type { Split } from './split-desired.ts'

export function changesOf(split: Split, written: readonly Written[]): Change[] {
  return [
    ...written.map(({ desired, action, error, note = '' }) => ({
      ref: desired.ref,
      action,
      message: error?.text ?? note,
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

interface Failure {
  readonly desired: Desired
  readonly error: StageError
  /** Only for another one's failure. */
  readonly isSkipped: boolean
}

/** What failed by itself first. */
function failuresOf(input: {
  readonly written: readonly Written[]
  readonly healed: readonly Healing[]
}): Failure[] {
  const failures = [
    ...input.written.map(({ desired, error, action }) => ({
      desired,
      error,
      isSkipped: action === 'skipped',
    })),
    ...input.healed.map(({ finding: { desired }, error }) => ({
      desired,
      error,
      isSkipped: false,
    })),
  ].flatMap(({ error, ...rest }) => (error === undefined ? [] : [{ ...rest, error }]))
  return failures.toSorted((a, b) => Number(a.isSkipped) - Number(b.isSkipped))
}

function incomplete(failures: readonly Failure[], unhealthy: StageError | undefined): StageError {
  const subjects = failures.map(({ desired, error }) => ({
    ...subjectOf(desired),
    message: error.text,
  }))
  const isOnlyHealth = unhealthy !== undefined && failures.every(({ isSkipped }) => isSkipped)
  const first = isOnlyHealth ? unhealthy : failures[0]?.error
  const isFinal = failures.every(({ error }) => error.retry.kind === 'never')
  const others = isOnlyHealth ? failures.length : failures.length - 1
  return new StageError(
    isOnlyHealth ? unhealthy.code : 'APPLY_INCOMPLETE',
    `${first?.text}${isOnlyHealth ? skippedText(others) : more(others)}`,
    {
      subjects: [...(isOnlyHealth ? unhealthy.subjects : []), ...subjects],
      cause: first,
      retry: isFinal ? { kind: 'never' } : { kind: 'backoff' },
    },
  )
}

function skippedText(count: number): string {
  return `; ${count} ${count === 1 ? 'object waits' : 'objects wait'} for it and ${count === 1 ? 'was' : 'were'} not written`
}

const prunedActions = {
  deleted: 'deleted',
  gone: 'deleted',
  kept: 'skipped',
  failed: 'failed',
} satisfies Record<Ended['action'], Action>

export function prunedChanges(ended: readonly Ended[]): Change[] {
  return ended.map(({ ref, action, message }) => {
    return { ref, action: prunedActions[action], message, origin: undefined }
  })
}

/** Why the cluster is still not as Git wants it, after all that could be done was done. */
export function failureOf(input: {
  readonly written: readonly Written[]
  /** Why what others waited for did not become healthy. */
  readonly unhealthy?: StageError | undefined
  /** What was left undone is the newer commit's. */
  readonly isSuperseded?: boolean
  readonly healed: readonly Healing[]
  readonly prune: PruneDecision
  readonly pruned: readonly Ended[]
}): StageError | undefined {
  if (input.isSuperseded === true) return undefined
  const failures = failuresOf(input)
  if (failures.length > 0) return incomplete(failures, input.unhealthy)
  if (input.unhealthy !== undefined) return input.unhealthy
  if (input.prune.kind === 'refused') return new StageError('PRUNE_REFUSED', input.prune.reason)
  const stuck = input.pruned.filter((change) => change.action === 'failed')
  return stuck[0] === undefined
    ? undefined
    : new StageError(
        'PRUNE_INCOMPLETE',
        `${describeRef(stuck[0].ref)} could not be deleted: ${stuck[0].message}${more(stuck.length - 1)}`,
      )
}
