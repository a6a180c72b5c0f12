import type { Desired } from '../../domain/change.ts'
import type { HookEntry, Inventory } from '../../domain/inventory.ts'
import { refKey } from '../../domain/kube-object.ts'
import type { Revision } from '../../domain/revision.ts'
import { createLogRedactor } from '../log-redactor.ts'
import type { Rollout } from '../rollout.ts'
import type { Target } from '../target.ts'
import { declaredKey, type Hook, hookKey } from './hook.ts'
import { createHookSession, type HookSession } from './hook-session.ts'

interface HookInput {
  readonly syncId: string
  readonly revision: Revision
  readonly hooks: readonly Hook[]
  readonly desired: readonly Desired[]
  readonly inventory: Inventory
  /** Another commit than the tip is healed. */
  readonly isHealOnly: boolean
  /** A person asked for the sync: what failed is tried again. */
  readonly isAsked: boolean
  readonly rollout: Rollout
}

/** Hooks belong to a change: healing drift, and a commit that changes nothing, run none. */
export function areDue(
  {
    hooks,
    inventory,
    isHealOnly,
    isAsked,
  }: Pick<HookInput, 'hooks' | 'inventory' | 'isHealOnly' | 'isAsked'>,
  hasChanges: boolean,
): boolean {
  if (isHealOnly || hooks.length === 0) return false
  const left = Map.groupBy(inventory.hooks, declaredKey)
  return hasChanges || hooks.some((hook) => isNews(hook, left.get(hookKey(hook)) ?? [], isAsked))
}

function isNews(hook: Hook, left: readonly HookEntry[], isAsked: boolean): boolean {
  const known = left.filter(({ hash }) => hash === hook.desired.hash)
  if (known.length === 0) return true
  return known.some(({ outcome }) => outcome === 'begun' || (isAsked && outcome === 'failed'))
}

export function dueHooks(
  target: Target,
  input: HookInput,
  hasChanges: boolean,
): HookSession | undefined {
  if (!areDue(input, hasChanges)) return undefined
  const { hooks, desired, inventory, rollout, syncId } = input
  const context = {
    target,
    rollout,
    run: syncId,
    unfinished: hasFinished(input) ? undefined : inventory.syncId,
    left: Map.groupBy(inventory.hooks, declaredKey),
    redact: createLogRedactor([...desired, ...hooks.map((hook) => hook.desired)]),
  }
  return createHookSession(context, hooks)
}

/** Whether this is a new run, and not one more try of a commit: a person who asks wants a new one. */
function hasFinished({ inventory, revision, isAsked }: HookInput): boolean {
  const last = inventory.history[0]
  if (last === undefined || last.revision !== revision.sha) return true
  return last.phase !== 'Running' && (isAsked || last.phase !== 'Failed')
}

/** What is left of hooks that Git no longer has. */
export function staleEntries(inventory: Inventory, hooks: readonly Hook[]): HookEntry[] {
  const keys = new Set(hooks.map(hookKey))
  return inventory.hooks.filter((entry) => !keys.has(declaredKey(entry)))
}

/** What changed sides is not deleted for it: an object that is a hook now, a hook that is none any more. */
export function withoutHooks(
  inventory: Inventory,
  { hooks, desired }: Pick<HookInput, 'hooks' | 'desired'>,
): Inventory {
  if (hooks.length === 0 && inventory.hooks.length === 0) return inventory
  const hookKeys = new Set(hooks.map(hookKey))
  const objectKeys = new Set(desired.map(({ ref }) => refKey(ref)))
  return {
    ...inventory,
    entries: inventory.entries.filter((entry) => !hookKeys.has(refKey(entry))),
    hooks: inventory.hooks.filter((entry) => !objectKeys.has(refKey(entry))),
  }
}
