import type { InWave } from './place-in-waves.ts'
import { accountOf, boundAccounts, referencesOf } from './references.ts'

/** What a preference is about: an object by its key, or a group of objects under a name. */
export interface SoftNeeds {
  /** By key, the keys of what an object names. */
  readonly references: ReadonlyMap<string, readonly string[]>
  /** By key, the names of the groups that should come before it. */
  readonly groupsOf: ReadonlyMap<string, readonly string[]>
  readonly groups: ReadonlyMap<string, readonly string[]>
}

// They act on pods as these are made: one that came a moment later would not.
const podPolicies: ReadonlySet<string> = new Set([
  '/ResourceQuota',
  '/LimitRange',
  'networking.k8s.io/NetworkPolicy',
])

/**
 * What should be written before an object because it names it, or because it acts on its pods, where
 * both are in one wave. An object that a person has ordered by depends-on comes before none of its
 * own accord: so no preference contradicts what was asked for.
 */
export function softNeeds(items: readonly InWave[]): SoftNeeds {
  const free = new Map(
    items.filter(({ ordering }) => ordering.dependsOn.length === 0).map((item) => [item.key, item]),
  )
  const groups = new Map<string, string[]>()
  for (const item of free.values()) {
    for (const name of actsOn(item)) {
      const members = groups.get(name)
      if (members === undefined) groups.set(name, [item.key])
      else members.push(item.key)
    }
  }
  return {
    groups,
    references: new Map(
      items.map((item) => [
        item.key,
        referencesOf(item).filter((key) => free.get(key)?.wave === item.wave),
      ]),
    ),
    groupsOf: new Map(
      items.map((item) => [item.key, waitsFor(item).filter((name) => groups.has(name))]),
    ),
  }
}

function actsOn(item: InWave): string[] {
  const { ref, wave } = item
  const isPolicy = podPolicies.has(`${ref.group}/${ref.kind}`)
  return isPolicy
    ? [policiesOf(ref.namespace, wave)]
    : boundAccounts(item).map((account) => bindingsOf(account, wave))
}

function waitsFor(item: InWave): string[] {
  const account = accountOf(item)
  if (account === undefined) return []
  return [policiesOf(item.ref.namespace, item.wave), bindingsOf(account, item.wave)]
}

function policiesOf(namespace: string, wave: number): string {
  return `policies of ${namespace} in wave ${wave}`
}

function bindingsOf(account: string, wave: number): string {
  return `bindings of ${account} in wave ${wave}`
}
