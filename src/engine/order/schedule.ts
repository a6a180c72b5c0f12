import type { OrderNode } from './order-node.ts'

export interface Step {
  readonly node: OrderNode
  /** Key of the node whose failure keeps this one from being done; undefined: do it. */
  readonly blockedBy: string | undefined
}

/** What may be done next, told by what has ended: no clock, no request. */
export interface Schedule {
  /** Among those whose needs have ended, the first by rank. Without `hasRoom` no object is given. */
  next(hasRoom: boolean): Step | undefined
  end(key: string, result: 'success' | 'failure'): void
  /** It has not ended after all: it is given once more. */
  again(key: string): void
  /** Nodes that have not ended. */
  left(): number
}

interface Place {
  readonly node: OrderNode
  readonly index: number
  readonly dependents: { readonly place: Place; readonly on: 'success' | 'end' }[]
  waitsFor: number
  blockedBy: string | undefined
}

/** Needs that are not among the nodes are as good as met. */
export function createSchedule(nodes: readonly OrderNode[]): Schedule {
  const places = new Map(
    nodes.map((node, index): [string, Place] => [
      node.key,
      { node, index, dependents: [], waitsFor: 0, blockedBy: undefined },
    ]),
  )
  for (const place of places.values()) {
    for (const { key, on } of place.node.needs) {
      const needed = places.get(key)
      if (needed === undefined) continue
      needed.dependents.push({ place, on })
      place.waitsFor += 1
    }
  }
  const ready = [...places.values()].filter(({ waitsFor }) => waitsFor === 0).sort(compare)
  let left = places.size

  function enqueue(place: Place): void {
    const at = ready.findLastIndex((other) => compare(other, place) < 0)
    ready.splice(at + 1, 0, place)
  }

  return {
    next(hasRoom) {
      const first = ready[0]
      if (first === undefined || !(hasRoom || isFree(first))) return undefined
      ready.shift()
      return { node: first.node, blockedBy: first.blockedBy }
    },
    end(key, result) {
      const ended = places.get(key)
      if (ended === undefined) return
      left -= 1
      for (const { place, on } of ended.dependents) {
        if (result === 'failure' && on === 'success') {
          place.blockedBy ??= ended.blockedBy ?? key
        }
        place.waitsFor -= 1
        if (place.waitsFor === 0) enqueue(place)
      }
    },
    again(key) {
      const place = places.get(key)
      if (place !== undefined) enqueue(place)
    },
    left: () => left,
  }
}

function compare(a: Place, b: Place): number {
  const [left, right] = [rankOf(a), rankOf(b)]
  return left === right ? a.index - b.index : left < right ? -1 : 1
}

/** What is skipped, and what only waits, costs no request. */
function isFree({ node, blockedBy }: Place): boolean {
  return node.kind !== 'object' || blockedBy !== undefined
}

function rankOf(place: Place): number {
  return isFree(place) ? Number.NEGATIVE_INFINITY : place.node.rank
}

/** Of all nodes those that these wait for, and they themselves. */
export function neededFor(
  nodes: readonly OrderNode[],
  keys: ReadonlySet<string>,
): readonly OrderNode[] {
  const byKey = new Map(nodes.map((node) => [node.key, node]))
  const wanted = new Set(keys)
  for (const key of wanted)
    for (const { key: needed } of byKey.get(key)?.needs ?? []) wanted.add(needed)
  return nodes.filter(({ key }) => wanted.has(key))
}
