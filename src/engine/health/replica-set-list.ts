import type { KubeObject } from '../../domain/kube-object.ts'
import type { Timers } from '../timers.ts'
import type { PodSelection } from './label-selector.ts'
import { readRevision } from './newest-pods.ts'
import type { ReplicaSetReads } from './replica-set-reads.ts'

/** The ReplicaSets of one Deployment, read once for each revision it rolls out. */
export interface ReplicaSetList {
  readonly items: readonly KubeObject[]
  update(deployment: KubeObject): void
  stop(): void
}

const askAgainMs = 1_000

export function createReplicaSetList(
  deps: { readonly timers: Timers; readonly replicaSets: ReplicaSetReads },
  selection: PodSelection,
  onChange: () => void,
): ReplicaSetList {
  let items: readonly KubeObject[] = []
  let asked: string | undefined
  let isStopped = false
  let cancel: (() => void) | undefined

  // The controller annotates the ReplicaSet before it annotates the Deployment, so this finds it.
  async function ask(revision: string): Promise<void> {
    asked = revision
    try {
      items = await deps.replicaSets.read(selection)
    } catch {
      // Whatever the reason, without it the Deployment's own conditions still tell the end.
      cancel = deps.timers.after(askAgainMs, () => {
        asked = undefined
        if (!isStopped) onChange()
      })
      return
    }
    if (!isStopped) onChange()
  }

  return {
    get items() {
      return items
    },
    update(deployment) {
      const revision = deployment.kind === 'Deployment' ? readRevision(deployment) : undefined
      if (revision !== undefined && revision !== asked && !isStopped) void ask(revision) // catches all
    },
    stop() {
      isStopped = true
      cancel?.()
    },
  }
}
