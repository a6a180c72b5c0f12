import type { Cluster } from '../src/cluster/cluster.ts'
import type { KubeObject } from '../src/domain/kube-object.ts'
import type { Scope } from '../test/support/scope.ts'
import { roundAnnotation } from './objects.ts'

export interface RoundWatch {
  /** When (by `performance.now()`) the last of these objects was seen as of that round. */
  seen(names: readonly string[], round: string): Promise<number>
}

const kinds = [
  { group: '', kind: 'ConfigMap' },
  { group: 'apps', kind: 'Deployment' },
] as const

const longestMs = 120_000

/** Watches a namespace from outside, as nobody's part. */
export function watchRounds(scope: Scope, cluster: Cluster, namespace: string): RoundWatch {
  const stop = new AbortController()
  scope.teardown(() => stop.abort())
  const rounds = new Map<string, string>()
  let onSeen = () => {}
  const see = ({ metadata }: KubeObject) => {
    rounds.set(metadata.name, metadata.annotations?.[roundAnnotation] ?? '')
    onSeen()
  }
  for (const kind of kinds) {
    follow(cluster, { ...kind, namespace }, { signal: stop.signal, see }).catch(
      (error: unknown) => {
        if (!stop.signal.aborted) throw error
      },
    )
  }
  return {
    seen(names, round) {
      const { promise, resolve, reject } = Promise.withResolvers<number>()
      const missing = new Set(names)
      const late = setTimeout(() => {
        reject(new Error(`${missing.size} objects of round ${round} not seen in ${namespace}`))
      }, longestMs)
      onSeen = () => {
        for (const name of missing) if (rounds.get(name) === round) missing.delete(name)
        if (missing.size > 0) return
        clearTimeout(late)
        onSeen = () => {}
        resolve(performance.now())
      }
      onSeen()
      return promise
    },
  }
}

async function follow(
  { own }: Cluster,
  query: (typeof kinds)[number] & { readonly namespace: string },
  { signal, see }: { readonly signal: AbortSignal; readonly see: (object: KubeObject) => void },
): Promise<void> {
  while (!signal.aborted) {
    const { items, resourceVersion } = await own.list({ ...query, metadataOnly: true })
    items.forEach(see)
    const options = { resourceVersion, signal }
    for await (const event of own.watch({ ...query, metadataOnly: true }, options)) {
      if ('object' in event) see(event.object)
    }
  }
}
