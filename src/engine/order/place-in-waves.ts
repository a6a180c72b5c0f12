import { refKey } from '../../domain/kube-object.ts'
import { definedKind } from '../place-objects.ts'
import type { Placed } from './order-node.ts'
import { type Ordering, readOrdering } from './ordering.ts'

export interface InWave extends Placed {
  readonly key: string
  readonly ordering: Ordering
  readonly wave: number
  /** Keys of its namespace and of the CRD of its kind, where they are among the objects. */
  readonly homes: readonly string[]
}

/** A namespace, and a CRD, moves to the wave of the first object that needs it, as in Argo CD. */
export function placeInWaves(objects: readonly Placed[]): InWave[] {
  const keys = new Set(objects.map(({ ref }) => refKey(ref)))
  const crds = new Map(
    objects.flatMap(({ ref, object }) => {
      const kind = definedKind(object)
      return kind === undefined ? [] : [[`${kind.group}/${kind.kind}`, refKey(ref)] as const]
    }),
  )
  const items = objects.map((item) => {
    const { ref } = item
    const namespace = refKey({ group: '', kind: 'Namespace', namespace: '', name: ref.namespace })
    const crd = crds.get(`${ref.group}/${ref.kind}`)
    const ordering = readOrdering(item.object)
    return {
      ...item,
      key: refKey(ref),
      ordering,
      wave: ordering.wave,
      homes: [namespace, ...(crd === undefined ? [] : [crd])].filter((key) => keys.has(key)),
    }
  })
  const earliest = new Map<string, number>()
  for (const { homes, wave } of items) {
    for (const home of homes) earliest.set(home, Math.min(wave, earliest.get(home) ?? wave))
  }
  return items.map((item) => ({
    ...item,
    wave: Math.min(item.wave, earliest.get(item.key) ?? item.wave),
  }))
}
