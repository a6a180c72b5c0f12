import { tierOf } from '../apply-order.ts'
import { isAdmissionRule } from '../deferral.ts'
import { findCycles } from './find-cycles.ts'
import type { Need, OrderNode, Placed } from './order-node.ts'
import { type InWave, placeInWaves } from './place-in-waves.ts'
import { softNeeds } from './soft-needs.ts'

type Draft = Map<string, OrderNode & { readonly needs: Need[] }>

const lastTier = 7
// What costs no request of its own comes first.
const freeRank = -1

/**
 * What has to come before what. Always: a namespace before what is in it, a CRD before its objects,
 * and, healthy, what a person ordered by wave or depends-on. Where that leaves it open: a role
 * before its binding, what a pod names before the pod, webhook configurations and API services
 * after all else of their wave, but for `late` ones: these come after the rules of admission that
 * refuse them now. What `depends-on` names and is not among the objects is left out;
 * whatever `findCycles` finds in the graph came from annotations.
 */
export function orderGraph(
  objects: readonly Placed[],
  late: ReadonlySet<string> = new Set(),
): readonly OrderNode[] {
  const items = placeInWaves(objects)
  const draft: Draft = new Map()
  for (const { key, ref, homes } of items) {
    const needs = homes.map((home): Need => ({ key: home, on: 'success' }))
    draft.set(key, { key, kind: 'object', rank: tierOf(ref), needs, awaited: [] })
  }
  addDependencies(draft, items)
  addWaves(draft, items)
  addSoftNeeds(draft, items)
  for (const wave of byWave(items).values()) {
    addLate(draft, wave, late)
    addJoin(draft, wave)
  }
  return [...draft.values()]
}

/** The same for objects that nobody checked: where their annotations contradict each other, without them. */
export function looseOrderGraph(objects: readonly Placed[]): readonly OrderNode[] {
  const graph = orderGraph(objects)
  if (findCycles(graph).length === 0) return graph
  return orderGraph(
    objects.map(({ ref, object }) => {
      const { annotations: _annotations, ...metadata } = object.metadata
      return { ref, object: { ...object, metadata } }
    }),
  )
}

function addDependencies(draft: Draft, items: readonly InWave[]): void {
  for (const { key, ordering } of items) {
    for (const needed of ordering.dependsOn.filter((other) => draft.has(other))) {
      const gate = `healthy ${needed}`
      if (!draft.has(gate)) {
        addWaiting(draft, { key: gate, kind: 'gate', awaited: [needed] }, [
          { key: needed, on: 'success' },
        ])
      }
      need(draft, key, { key: gate, on: 'success' })
    }
  }
}

function addWaves(draft: Draft, items: readonly InWave[]): void {
  let before: string | undefined
  for (const [wave, all] of byWave(items)) {
    const keys = all.map(({ key }) => key)
    for (const key of before === undefined ? [] : keys) {
      need(draft, key, { key: before ?? '', on: 'success' })
    }
    const gate = `wave ${wave}`
    const needs = keys.map((key): Need => ({ key, on: 'success' }))
    addWaiting(draft, { key: gate, kind: 'gate', awaited: keys }, needs)
    if (before !== undefined) need(draft, gate, { key: before, on: 'success' })
    before = gate
  }
}

/** Lowest wave first. */
function byWave(items: readonly InWave[]): Map<number, InWave[]> {
  const waves = Map.groupBy(items, ({ wave }) => wave)
  return new Map([...waves].sort(([a], [b]) => a - b))
}

function addSoftNeeds(draft: Draft, items: readonly InWave[]): void {
  const { references, groups, groupsOf } = softNeeds(items)
  // A join for each group: a thousand workloads under a thousand policies have no million edges.
  for (const [name, members] of groups) {
    const needs = members.map((key): Need => ({ key, on: 'success' }))
    addWaiting(draft, { key: name, kind: 'join', awaited: [] }, needs)
  }
  for (const { key } of items) {
    const needed = [...(references.get(key) ?? []), ...(groupsOf.get(key) ?? [])]
    for (const one of needed) need(draft, key, { key: one, on: 'success' })
  }
}

/** Never behind a rule that a person has ordered: that one may wait for them. */
function addLate(draft: Draft, items: readonly InWave[], late: ReadonlySet<string>): void {
  const rules = items.filter(
    ({ ref, ordering }) => isAdmissionRule(ref) && ordering.dependsOn.length === 0,
  )
  for (const { key, ref } of items) {
    if (!late.has(key) || tierOf(ref) === lastTier) continue
    for (const rule of rules) need(draft, key, { key: rule.key, on: 'end' })
  }
}

/** Between what comes last in a wave and all else of it that was not ordered behind it. */
function addJoin(draft: Draft, items: readonly InWave[]): void {
  const last = items.filter(({ ref }) => tierOf(ref) === lastTier)
  const first = last[0]
  if (first === undefined) return
  const dependents = dependentsIn(draft)
  const behind = reachable(
    last.map(({ key }) => key),
    (node) => dependents.get(node) ?? [],
  )
  const needs = items.flatMap(({ key }): Need[] => (behind.has(key) ? [] : [{ key, on: 'end' }]))
  const join = `last of wave ${first.wave}`
  addWaiting(draft, { key: join, kind: 'join', awaited: [] }, needs)
  for (const { key } of last) need(draft, key, { key: join, on: 'end' })
}

function dependentsIn(draft: Draft): ReadonlyMap<string, readonly string[]> {
  const dependents = new Map<string, string[]>()
  for (const { key, needs } of draft.values()) {
    for (const needed of needs) {
      const known = dependents.get(needed.key)
      if (known === undefined) dependents.set(needed.key, [key])
      else known.push(key)
    }
  }
  return dependents
}

/** With the starts themselves. */
function reachable(
  starts: readonly string[],
  next: (key: string) => readonly string[],
): Set<string> {
  const seen = new Set(starts)
  for (const key of seen) for (const other of next(key)) seen.add(other)
  return seen
}

function need(draft: Draft, key: string, needed: Need): void {
  draft.get(key)?.needs.push(needed)
}

function addWaiting(draft: Draft, node: Omit<OrderNode, 'rank' | 'needs'>, needs: Need[]): void {
  draft.set(node.key, { ...node, rank: freeRank, needs })
}
