import type { Desired } from '../domain/change.ts'
import { StageError } from '../domain/error.ts'
import type { ObjectRef } from '../domain/kube-object.ts'
import { isRecord } from './canonical-json.ts'
import { mapInFlight, requestsInFlight } from './in-flight.ts'
import type { Target } from './target.ts'

/** Whether an autoscaler may have set the replicas of this object. */
export type IsAutoscaled = (ref: ObjectRef) => boolean

/**
 * Of these objects, those that HorizontalPodAutoscalers scale: one list per namespace. Give those
 * that declare replicas.
 */
export async function findAutoscaled(
  target: Target,
  scalable: readonly Pick<Desired, 'ref'>[],
): Promise<IsAutoscaled> {
  const namespaces = new Set(scalable.map((item) => item.ref.namespace).filter((n) => n !== ''))
  const found = await mapInFlight([...namespaces], requestsInFlight, (namespace) =>
    listTargets(target, namespace),
  )
  const scaled = new Set(found.flat())
  const scalableKeys = new Set(scalable.map((item) => scaleKey(item.ref)))
  return (ref) =>
    scaled.has(scaleKey(ref)) ||
    (scaled.has(anyIn(ref.namespace)) && scalableKeys.has(scaleKey(ref)))
}

function anyIn(namespace: string): string {
  return `${namespace}/*`
}

function scaleKey(ref: { namespace: string; kind: string; name: string }): string {
  return `${ref.namespace}/${ref.kind}/${ref.name}`
}

export function declaresReplicas({ object }: Desired): boolean {
  const spec = object['spec']
  return isRecord(spec) && spec['replicas'] !== undefined
}

async function listTargets(target: Target, namespace: string): Promise<string[]> {
  try {
    // They need not be the application's own, nor need its identity see them.
    const list = await target.own.list({
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
    if (error instanceof StageError && error.code === 'CLUSTER_FORBIDDEN') return [anyIn(namespace)]
    throw error
  }
}
