import { looseOrderGraph } from './order-graph.ts'
import type { Need, OrderNode, Placed } from './order-node.ts'

export interface PruneGraph {
  readonly nodes: readonly OrderNode[]
  /** Keys of objects that have to be gone, not only deleted, before what they needed is deleted. */
  readonly awaited: ReadonlySet<string>
}

const crdKey = 'apiextensions.k8s.io/CustomResourceDefinition/'

/** The order of writing these objects, turned round. */
export function pruneGraph(objects: readonly Placed[]): PruneGraph {
  const nodes = looseOrderGraph(objects)
  const gates = new Set(nodes.flatMap(({ kind, key }) => (kind === 'gate' ? [key] : [])))
  const dependents = new Map<string, Need[]>(nodes.map(({ key }) => [key, []]))
  for (const { key, needs } of nodes) {
    for (const { key: needed, on } of needs) dependents.get(needed)?.push({ key, on })
  }
  return {
    nodes: nodes.map((node) => ({
      ...node,
      rank: node.kind === 'object' ? -node.rank : node.rank,
      needs: dependents.get(node.key) ?? [],
    })),
    awaited: new Set(
      nodes.flatMap(({ key, needs }) =>
        needs.some((need) => gates.has(need.key) || need.key.startsWith(crdKey)) ? [key] : [],
      ),
    ),
  }
}
