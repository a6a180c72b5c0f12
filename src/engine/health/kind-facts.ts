import type { Cluster } from '../../cluster/cluster.ts'
import { asStageError } from '../../domain/error.ts'
import type { KubeObject, ObjectRef } from '../../domain/kube-object.ts'
import { readField, readRecords, readText } from './read-field.ts'

/** What the judgement of an object needs from others; undefined until it is known. */
export interface KindFacts {
  /** Whether objects of the custom kind have a status subresource. */
  servesStatus(ref: ObjectRef): boolean | undefined
  /** Of the claim's StorageClass. */
  volumeBindingMode(claim: KubeObject): string | undefined
}

export type FactsCluster = Pick<Cluster, 'discovery'> & {
  readonly own: Pick<Cluster['own'], 'get'>
}

/** Asks for each fact once, in the background, and tells when one more is known. */
export function createKindFacts(cluster: FactsCluster, onLearned: () => void): KindFacts {
  const statuses = createMemo((key: string) => askServesStatus(cluster, key), onLearned)
  const bindingModes = createMemo((name: string) => askBindingMode(cluster, name), onLearned)
  return {
    servesStatus: (ref) => statuses(`${ref.group}/${ref.version}/${ref.kind}`),
    volumeBindingMode(claim) {
      const name = readText(claim, 'spec', 'storageClassName')
      return name === undefined ? undefined : bindingModes(name)
    },
  }
}

function createMemo<T>(
  ask: (key: string) => Promise<T | undefined>,
  onLearned: () => void,
): (key: string) => T | undefined {
  const known = new Map<string, T | undefined>()
  const learn = async (key: string) => {
    known.set(key, await ask(key))
    onLearned()
  }
  return (key) => {
    if (!known.has(key)) {
      known.set(key, undefined)
      void learn(key) // the questions below catch their own failures
    }
    return known.get(key)
  }
}

async function askServesStatus(cluster: FactsCluster, key: string): Promise<boolean | undefined> {
  const [group = '', version = '', kind = ''] = key.split('/')
  try {
    const mapping = await cluster.discovery.find({ group, version, kind })
    if (mapping === undefined) return undefined
    const crd = await cluster.own.get({
      group: 'apiextensions.k8s.io',
      version: 'v1',
      kind: 'CustomResourceDefinition',
      namespace: '',
      name: `${mapping.resource}.${group}`,
    })
    const served = readRecords(crd, 'spec', 'versions').find((item) => item['name'] === version)
    return readField(served, 'subresources', 'status') !== undefined
  } catch {
    // Unknown costs a new object its grace time, nothing else.
    return undefined
  }
}

async function askBindingMode(cluster: FactsCluster, name: string): Promise<string | undefined> {
  try {
    const found = await cluster.own.get({
      group: 'storage.k8s.io',
      version: 'v1',
      kind: 'StorageClass',
      namespace: '',
      name,
    })
    return readText(found, 'volumeBindingMode')
  } catch (error: unknown) {
    // Most clusters bind on first use: a claim nobody may look into must not hold up every sync.
    return asStageError(error).code === 'CLUSTER_FORBIDDEN' ? 'WaitForFirstConsumer' : undefined
  }
}
