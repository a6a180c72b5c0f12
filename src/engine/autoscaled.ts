import type { Desired } from '../domain/change.ts'
import { StageError } from '../domain/error.ts'
import { isRecord } from './canonical-json.ts'
import { mapInFlight, requestsInFlight } from './in-flight.ts'
import type { Target } from './target.ts'

/**
 * Names (`namespace/kind/name`) of what HorizontalPodAutoscalers scale in the namespaces of these
 * objects: one list per namespace, and none when no object declares replicas.
 */
export async function findAutoscaled(
  target: Target,
  desired: readonly Desired[],
): Promise<ReadonlySet<string>> {
  const namespaces = new Set(desired.filter(declaresReplicas).map((item) => item.ref.namespace))
  const found = await mapInFlight([...namespaces], requestsInFlight, (namespace) =>
    listTargets(target, namespace),
  )
  return new Set(found.flat())
}

export function scaleKey(ref: { namespace: string; kind: string; name: string }): string {
  return `${ref.namespace}/${ref.kind}/${ref.name}`
}

function declaresReplicas({ object }: Desired): boolean {
  const spec = object['spec']
  return isRecord(spec) && spec['replicas'] !== undefined
}

async function listTargets(target: Target, namespace: string): Promise<string[]> {
  try {
    const list = await target.client.list({
      group: 'autoscaling',
      kind: 'HorizontalPodAutoscaler',
      namespace,
    })
    return list.items.flatMap((hpa) => {
      const spec = hpa['spec']
      const scaled = isRecord(spec) ? spec['scaleTargetRef'] : undefined
      if (!isRecord(scaled)) return []
      return [scaleKey({ namespace, kind: String(scaled['kind']), name: String(scaled['name']) })]
    })
  } catch (error) {
    // An identity that may not read autoscalers has none to respect.
    if (error instanceof StageError && error.code === 'CLUSTER_FORBIDDEN') return []
    throw error
  }
}
