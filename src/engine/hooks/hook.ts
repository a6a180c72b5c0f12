import type { Desired } from '../../domain/change.ts'
import { type ErrorSubject, StageError } from '../../domain/error.ts'
import type { HookEntry } from '../../domain/inventory.ts'
import { describeRef, type KubeObject, refKey, refOf } from '../../domain/kube-object.ts'
import { more, subjectOf } from '../allow-list.ts'
import { tierOf } from '../apply-order.ts'
import { probeObject } from '../probe-object.ts'
import { type HookDeletion, type HookPhase, readHook } from './read-hook.ts'

/** An object that is run at a moment of a sync, and is no part of what the sync makes the cluster equal to. */
export interface Hook {
  readonly desired: Desired
  readonly phases: readonly HookPhase[]
  readonly deletion: readonly HookDeletion[]
  readonly weight: number
}

export interface WithHooks {
  readonly desired: readonly Desired[]
  readonly hooks: readonly Hook[]
  readonly warnings: readonly string[]
}

/** Takes the hooks out of what Git declares. Throws PLAN_ORDER_INVALID with all that cannot be read. */
export function takeHooks(all: readonly Desired[]): WithHooks {
  const desired: Desired[] = []
  const hooks: Hook[] = []
  const warnings: string[] = []
  const subjects: ErrorSubject[] = []
  for (const item of all) {
    const reading = readHook(item.object)
    if (reading.kind === 'none') desired.push(item)
    else if (reading.kind === 'hook') hooks.push({ ...reading, desired: item })
    else if (reading.kind === 'invalid') {
      subjects.push({ ...subjectOf(item), message: reading.problem })
    } else if (reading.warning !== undefined) {
      const { file, line } = item.origin
      warnings.push(`${file}:${line}: ${describeRef(item.ref)}: ${reading.warning}`)
    }
  }
  const first = subjects[0]
  if (first === undefined) return { desired, hooks, warnings }
  const text = `${first.file}:${first.line}: ${first.object}: ${first.message}${more(subjects.length - 1)}`
  throw new StageError('PLAN_ORDER_INVALID', text, { subjects })
}

/** One after another: groups of those that run together. */
export function inTurns(hooks: readonly Hook[]): Hook[][] {
  const turns = Map.groupBy(hooks, ({ desired, weight }) => `${weight} ${tierOf(desired.ref)}`)
  return [...turns.values()].toSorted(([a], [b]) => {
    if (a === undefined || b === undefined) return 0
    return a.weight - b.weight || tierOf(a.desired.ref) - tierOf(b.desired.ref)
  })
}

export const runAnnotation = 'landfall.dev/hook-run'

/**
 * The object of one run. It bears the name that Git gives it, which logs, scripts and other objects
 * go by; one with a `generateName` gets a name from the sync. Which run it is of says an annotation.
 */
export function instanceOf({ desired }: Hook, run: string): Desired {
  const { generateName, ...metadata } = desired.object.metadata
  const name =
    typeof generateName === 'string' ? `${generateName}${run.slice(0, 8)}` : metadata.name
  const object: KubeObject = {
    ...desired.object,
    metadata: {
      ...metadata,
      name,
      annotations: { ...metadata.annotations, [runAnnotation]: run },
    },
  }
  return { ...desired, object, ref: refOf(object) }
}

/** For a dry-run: whether the server would accept the hook, whatever the last run left. */
export function probeOf({ desired }: Hook): Desired | undefined {
  const object = probeObject(desired.object)
  return object === undefined ? undefined : { ...desired, object }
}

export function hookKey({ desired }: Hook): string {
  return refKey(desired.ref)
}

/** The `hookKey` of the hook whose run left the entry. */
export function declaredKey(entry: HookEntry): string {
  return refKey({ ...entry, name: entry.declared })
}
