import type { OrderNode } from './order-node.ts'

// Each takes a walk over the whole graph: enough of them to mend, too few to keep a worker busy.
const mostCycles = 20

/** Keys of nodes that wait for each other, in the order in which they do; the first twenty circles. */
export function findCycles(nodes: readonly Pick<OrderNode, 'key' | 'needs'>[]): string[][] {
  const cycles: string[][] = []
  let rest = peel(new Map(nodes.map(({ key, needs }) => [key, needs.map((need) => need.key)])))
  while (rest.size > 0 && cycles.length < mostCycles) {
    const cycle = walk(rest)
    cycles.push(cycle)
    for (const key of cycle) rest.delete(key)
    rest = peel(rest)
  }
  return cycles
}

/** Without what can be done in some order: each that is left needs another that is left. */
function peel(needs: ReadonlyMap<string, readonly string[]>): Map<string, readonly string[]> {
  const waiting = new Map<string, number>()
  const dependents = new Map<string, string[]>()
  for (const [key, all] of needs) {
    const present = all.filter((need) => needs.has(need))
    waiting.set(key, present.length)
    for (const need of present) {
      const known = dependents.get(need)
      if (known === undefined) dependents.set(need, [key])
      else known.push(key)
    }
  }
  const free = [...waiting].flatMap(([key, count]) => (count === 0 ? [key] : []))
  const done = new Set(free)
  for (const key of free) {
    for (const dependent of dependents.get(key) ?? []) {
      const left = (waiting.get(dependent) ?? 0) - 1
      waiting.set(dependent, left)
      if (left > 0) continue
      done.add(dependent)
      free.push(dependent)
    }
  }
  return new Map([...needs].filter(([key]) => !done.has(key)))
}

function walk(needs: ReadonlyMap<string, readonly string[]>): string[] {
  const path: string[] = []
  const places = new Map<string, number>()
  let key = [...needs.keys()][0] ?? ''
  for (;;) {
    const place = places.get(key)
    if (place !== undefined) return path.slice(place)
    places.set(key, path.length)
    path.push(key)
    key = needs.get(key)?.find((need) => needs.has(need)) ?? ''
  }
}
