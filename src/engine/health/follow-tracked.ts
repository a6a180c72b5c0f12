import type { ListQuery } from '../../cluster/cluster.ts'
import type { KubeObject } from '../../domain/kube-object.ts'
import type { Follower } from '../follow-objects.ts'
import { isDone } from './is-done.ts'
import type { Tracked } from './tracked.ts'

export interface TrackedQuery {
  readonly query: ListQuery
  readonly members: readonly Tracked[]
}

/** One query a kind and namespace, for those in which something is still to be waited for. */
export function queriesFor(tracked: readonly Tracked[], partOf: string): TrackedQuery[] {
  const groups = Map.groupBy(
    tracked.filter((item) => item.isAwaited),
    ({ ref }) => `${ref.group}/${ref.version}/${ref.kind}/${ref.namespace}`,
  )
  return [...groups.values()]
    .filter((members) => !members.every(isDone))
    .flatMap((members) => {
      const ref = members[0]?.ref
      return ref === undefined ? [] : [{ query: queryOf(ref, partOf), members }]
    })
}

export function followTracked(members: readonly Tracked[]): Follower {
  const byName = new Map(members.map((item) => [item.ref.name, item]))
  const see = (object: KubeObject) => byName.get(object.metadata.name)?.see(object)
  return {
    onList(objects) {
      const present = new Set(objects.map((object) => object.metadata.name))
      for (const object of objects) see(object)
      for (const item of members) if (!present.has(item.ref.name)) item.lose(undefined)
    },
    onChange: see,
    onDelete(last) {
      byName.get(last.metadata.name)?.lose(last)
    },
    onTrouble(error) {
      for (const item of members) item.doubt(error.text)
    },
  }
}

function queryOf(ref: Tracked['ref'], partOf: string): ListQuery {
  return {
    group: ref.group,
    version: ref.version,
    kind: ref.kind,
    ...(ref.namespace === '' ? {} : { namespace: ref.namespace }),
    labelSelector: `applyset.kubernetes.io/part-of=${partOf}`,
  }
}
