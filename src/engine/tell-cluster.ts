import type { ObjectClient } from '../cluster/cluster.ts'
import type { Drift } from '../domain/drift.ts'
import type { InventoryEntry } from '../domain/inventory.ts'
import { type KubeObject, refKey } from '../domain/kube-object.ts'

interface SyncTold {
  readonly id: string
  /** ISO 8601. */
  readonly at: string
  readonly entries: readonly InventoryEntry[]
}

const longestNote = 1024
const mostEvents = 20

/**
 * Leaves an Event on each object whose drift was healed, or is not healed any more, for `kubectl
 * describe`. What cannot be told is left out: an Event is a courtesy, the record is the truth.
 */
export async function tellCluster(
  client: ObjectClient,
  drift: readonly Drift[],
  sync: SyncTold,
): Promise<void> {
  const told = drift.filter((item) => item.healed || item.contended === true).slice(0, mostEvents)
  await Promise.allSettled(told.map((item, index) => client.apply(eventOf(item, index, sync))))
}

function eventOf(
  { ref, message, contended }: Drift,
  index: number,
  { id, at, entries }: SyncTold,
): KubeObject {
  const { group, version, kind, namespace, name } = ref
  const uid = entries.find((entry) => refKey(entry) === refKey(ref))?.uid
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
    type: contended === true ? 'Warning' : 'Normal',
    reason: contended === true ? 'DriftContended' : 'DriftHealed',
    action: contended === true ? 'Wait' : 'Heal',
    regarding: {
      apiVersion: group === '' ? version : `${group}/${version}`,
      kind,
      name,
      // Without it `kubectl describe` does not find the Event.
      ...(uid === undefined ? {} : { uid }),
      ...(namespace === '' ? {} : { namespace }),
    },
    note: Array.from(message).slice(0, longestNote).join(''),
  }
}
