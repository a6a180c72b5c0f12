import type { ObjectClient } from '../../cluster/cluster.ts'
import type { KubeObject } from '../../domain/kube-object.ts'
import type { PodSelection } from './label-selector.ts'

/** The ReplicaSets of many Deployments, metadata alone. */
export interface ReplicaSetReads {
  /** Throws StageError. */
  read(selection: PodSelection): Promise<readonly KubeObject[]>
}

interface Question extends PromiseWithResolvers<readonly KubeObject[]> {
  readonly selection: PodSelection
}

const shareFrom = 4

/** One list for each, or one for the namespace where many ask in the same turn. */
export function createReplicaSetReads(client: Pick<ObjectClient, 'list'>): ReplicaSetReads {
  const waiting = new Map<string, Question[]>()
  const kind = { group: 'apps', version: 'v1', kind: 'ReplicaSet', metadataOnly: true }

  async function answer(namespace: string, questions: readonly Question[]): Promise<void> {
    try {
      const { items } = await client.list({ ...kind, namespace })
      for (const { selection, resolve } of questions) resolve(items.filter(selection.matches))
    } catch (error) {
      for (const { reject } of questions) reject(error)
    }
  }

  async function answerOne({ selection, resolve, reject }: Question): Promise<void> {
    const { namespace, labelSelector } = selection
    await client
      .list({ ...kind, namespace, labelSelector })
      .then(({ items }) => resolve(items), reject)
  }

  function ask(namespace: string): void {
    const questions = waiting.get(namespace) ?? []
    waiting.delete(namespace)
    if (questions.length >= shareFrom) void answer(namespace, questions)
    else for (const question of questions) void answerOne(question)
  }

  return {
    read(selection) {
      const { namespace } = selection
      const question = { selection, ...Promise.withResolvers<readonly KubeObject[]>() }
      const others = waiting.get(namespace)
      waiting.set(namespace, [...(others ?? []), question])
      if (others === undefined) queueMicrotask(() => ask(namespace))
      return question.promise
    },
  }
}
