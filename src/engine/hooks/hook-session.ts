import type { Change, Desired } from '../../domain/change.ts'
import type { StageError } from '../../domain/error.ts'
import type { HookEntry } from '../../domain/inventory.ts'
import { bareRef, refKey } from '../../domain/kube-object.ts'
import { isHomeOf } from '../deferral.ts'
import { mapInFlight, requestsInFlight } from '../in-flight.ts'
import { declaredKey, type Hook, hookKey, instanceOf, inTurns } from './hook.ts'
import type { HookPhase } from './read-hook.ts'
import { findUnfinished, type HookContext, type HookResult, runHook } from './run-hook.ts'

/** The hooks of one sync. */
export interface HookSession {
  /** Runs those of the phase, turn by turn, and stops at the first that fails. */
  run(phase: HookPhase): Promise<StageError | undefined>
  has(phase: HookPhase): boolean
  /** All entries, its own as they have to stand while the sync goes on or once it has ended. */
  entries(when: 'under-way' | 'ended', all: readonly HookEntry[]): readonly HookEntry[]
  needs(home: Desired): boolean
  changes(): readonly Change[]
}

export function createHookSession(context: HookContext, hooks: readonly Hook[]): HookSession {
  const results = new Map<string, HookResult>()
  const keys = new Set(hooks.map(hookKey))

  async function runTurn(phase: HookPhase, turn: readonly Hook[]): Promise<StageError | undefined> {
    const ended = await mapInFlight(turn, requestsInFlight, (hook) => runHook(context, phase, hook))
    for (const result of ended) results.set(hookKey(result.hook), result)
    return ended.find(({ error }) => error !== undefined)?.error
  }

  return {
    async run(phase) {
      for (const turn of inTurns(hooks.filter(({ phases }) => phases.includes(phase)))) {
        const failure = await runTurn(phase, turn)
        if (failure !== undefined) return failure
      }
      return undefined
    },
    has: (phase) => hooks.some(({ phases }) => phases.includes(phase)),
    entries: (when, all) => [
      ...all.filter((entry) => !keys.has(declaredKey(entry))),
      ...hooks.flatMap((hook) => {
        const result = results.get(hookKey(hook))
        if (result !== undefined) return [result.entry]
        return when === 'ended' ? idle(context, hook) : underWay(context, hook)
      }),
    ],
    needs: (home) => hooks.some(({ desired }) => isHomeOf(home, desired.ref)),
    changes: () => [...results.values()].map(({ change }) => change),
  }
}

/** What a sync that is cut off now leaves to the next one: where a run stands, and what it would find. */
function underWay(context: HookContext, hook: Hook): HookEntry[] {
  const { left, run } = context
  const known = findUnfinished(context, hook)
  const current = known === undefined ? unknown(hook, run, 'begun') : { ...known, run }
  const others = (left.get(hookKey(hook)) ?? []).filter(
    (entry) => refKey(entry) !== refKey(current),
  )
  return [...others, current]
}

function idle({ left, run }: HookContext, hook: Hook): HookEntry[] {
  const own = left.get(hookKey(hook)) ?? []
  const { hash } = hook.desired
  if (own.length === 0) return [unknown(hook, run, 'idle')]
  return own.map((entry) => ({ ...entry, hash, run, outcome: 'idle' }))
}

function unknown(hook: Hook, run: string, outcome: HookEntry['outcome']): HookEntry {
  const { desired } = hook
  const ref = bareRef(instanceOf(hook, run).ref)
  return { ...ref, declared: desired.ref.name, uid: '', hash: desired.hash, run, outcome }
}
