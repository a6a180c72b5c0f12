import type { Application } from '../../domain/application.ts'
import type { Clock } from '../../domain/clock.ts'
import type { Health } from '../../domain/health.ts'
import { groupKind, type KubeObject, type ObjectRef, refOf } from '../../domain/kube-object.ts'
import { assessHealth } from '../health/assess.ts'
import { isAwaited } from '../health/built-in-kinds.ts'
import { type CustomRules, createCustomRules } from '../health/custom-rules.ts'
import type { HealthThresholds } from '../health/thresholds.ts'

/** How healthy what is watched is, by the rules and times of its application. */
export interface WatchedHealth {
  /** Whether whole objects of the kind are watched; of all others the metadata is enough. */
  isFollowed(kind: Pick<ObjectRef, 'group' | 'kind'>): boolean
  /** undefined: its kind has none that is followed. */
  assess(object: KubeObject, application: Application): Health | undefined
}

// Their content never reaches the watcher, even where a rule asks for it.
const confidential: ReadonlySet<string> = new Set(['ConfigMap', 'Secret'])

export function createWatchedHealth(
  applications: readonly Application[],
  { clock, thresholds }: { readonly clock: Clock; readonly thresholds: HealthThresholds },
): WatchedHealth {
  // Most have those of the defaults: they are compiled, and given a context to run in, once.
  const compiled = new Map<string, CustomRules>()
  const withRule = new Set(applications.flatMap(({ health }) => health.map(groupKind)))

  function rulesOf({ health }: Application): CustomRules {
    const text = JSON.stringify(health)
    const rules = compiled.get(text) ?? createCustomRules(health)
    compiled.set(text, rules)
    return rules
  }

  const byName = new Map(applications.map((one) => [one.name, rulesOf(one)]))

  return {
    isFollowed(kind) {
      const name = groupKind(kind)
      return isAwaited(kind) || (withRule.has(name) && !confidential.has(name))
    },

    assess(object, { name, sync }) {
      const ref = refOf(object)
      const rule = confidential.has(groupKind(ref)) ? undefined : byName.get(name)?.(ref)
      if (rule === undefined && !isAwaited(ref)) return undefined
      return assessHealth(object, {
        now: clock.now(),
        thresholds: { ...thresholds, ...sync.failAfter },
        ...(rule !== undefined && { rule }),
      }).health
    },
  }
}
