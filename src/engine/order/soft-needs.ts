import { refKey } from '../../domain/kube-object.ts'
import type { Placed } from './order-node.ts'
import { accountOf, boundAccounts, referencesOf } from './references.ts'

// They act on pods as these are made: one that came a moment later would not.
const podPolicies: ReadonlySet<string> = new Set([
  '/ResourceQuota',
  '/LimitRange',
  'networking.k8s.io/NetworkPolicy',
])

/**
 * By `refKey`, what should be written before an object because it names it, or because it acts on
 * its pods. A preference: what a person ordered otherwise holds.
 */
export function softNeeds(items: readonly Placed[]): ReadonlyMap<string, readonly string[]> {
  const keys = new Set(items.map(({ ref }) => refKey(ref)))
  const policies = collect(items, ({ ref }) =>
    podPolicies.has(`${ref.group}/${ref.kind}`) ? [ref.namespace] : [],
  )
  const bindings = collect(items, boundAccounts)
  return new Map(
    items.map((item) => {
      const account = accountOf(item)
      const needs = [
        ...referencesOf(item).filter((key) => keys.has(key)),
        ...(account === undefined ? [] : (policies.get(item.ref.namespace) ?? [])),
        ...(account === undefined ? [] : (bindings.get(account) ?? [])),
      ]
      return [refKey(item.ref), [...new Set(needs)]] as const
    }),
  )
}

/** `refKey`s of the items by each of the words they are found under. */
function collect(
  items: readonly Placed[],
  wordsOf: (item: Placed) => readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const item of items) {
    for (const word of wordsOf(item)) {
      const keys = found.get(word)
      if (keys === undefined) found.set(word, [refKey(item.ref)])
      else keys.push(refKey(item.ref))
    }
  }
  return found
}
