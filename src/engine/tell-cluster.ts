import type { ObjectClient } from '../cluster/cluster.ts'
import type { Drift } from '../domain/drift.ts'
import type { KubeObject } from '../domain/kube-object.ts'

const longestNote = 1024
const mostEvents = 20

/**
 * Leaves an Event on each object whose drift was healed, for `kubectl describe`. What cannot be
 * told is left out: an Event is a courtesy, the record is the truth.
 */
export async function tellCluster(
  client: ObjectClient,
  drift: readonly Drift[],
  sync: { readonly id: string; readonly at: string },
): Promise<void> {
  const healed = drift.filter((item) => item.healed).slice(0, mostEvents)
  await Promise.allSettled(healed.map((item, index) => client.apply(eventOf(item, index, sync))))
}

function eventOf(
  { ref, message }: Drift,
  index: number,
  { id, at }: { readonly id: string; readonly at: string },
): KubeObject {
  const { group, version, kind, namespace, name } = ref
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: {
      name: `${name.slice(0, 200)}.${id.slice(0, 16)}.${index}`,
      // Events of cluster-scoped objects live in default.
      namespace: namespace === '' ? 'default' : namespace,
    },
    // MicroTime: six digits after the point.
    eventTime: at.replace(/\.(\d{3})Z$/, '.$1000Z'),
    reportingController: 'landfall.dev/landfall',
    reportingInstance: 'landfall',
    type: 'Normal',
    reason: 'DriftHealed',
    action: 'Heal',
    regarding: {
      apiVersion: group === '' ? version : `${group}/${version}`,
      kind,
      name,
      ...(namespace === '' ? {} : { namespace }),
    },
    note: Array.from(message).slice(0, longestNote).join(''),
  }
}
