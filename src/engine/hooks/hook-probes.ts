import type { Desired } from '../../domain/change.ts'
import { isHomeOf } from '../deferral.ts'
import type { Candidate } from '../gate.ts'
import { type Hook, inTurns, probeOf } from './hook.ts'

/** For the gate: a hook that the server would refuse is told before anything is written. */
export function hookProbes(due: readonly Hook[], written: readonly Desired[]): Candidate[] {
  return due.flatMap((hook) => {
    const desired = probeOf(hook)
    if (desired === undefined) return []
    return [
      { desired, entry: undefined, live: undefined, coming: comingBefore(hook, due, written) },
    ]
  })
}

/** What is run before the rollout. */
export function earlyHooks(due: readonly Hook[]): Hook[] {
  return due.filter(({ phases }) => phases.includes('pre-sync'))
}

/** What comes with the same commit, and is there by the time the hook is run. */
function comingBefore(hook: Hook, due: readonly Hook[], written: readonly Desired[]): Desired[] {
  const early = earlyHooks(due)
  if (!early.includes(hook)) {
    return [...written, ...desiredOf(due.filter((other) => other !== hook))]
  }
  const turns = inTurns(early)
  const before = turns.slice(
    0,
    turns.findIndex((turn) => turn.includes(hook)),
  )
  const homes = written.filter((home) => isHomeOf(home, hook.desired.ref))
  return [...homes, ...desiredOf(before.flat())]
}

function desiredOf(hooks: readonly Hook[]): Desired[] {
  return hooks.map(({ desired }) => desired)
}
