import { z } from 'zod'
import { StageError } from '../domain/error.ts'
import type { KubeObject } from '../domain/kube-object.ts'
import type { ListQuery, ObjectList, ResourceMapping } from './cluster.ts'
import { statusError } from './errors.ts'
import { isItem, withKind } from './kube-body.ts'
import type { Answer, Target } from './kube-request.ts'
import { collectionPath, withQuery } from './object-path.ts'

/** The objects a query asks for: what a list reads and a watch follows. */
export interface Collection {
  readonly mapping: ResourceMapping
  readonly query: ListQuery
  readonly target: Target
}

type Send = (path: string, accept: string) => Promise<Answer>

const pageSize = '500'

/** All pages of one list, as of one resourceVersion. */
export async function listAll(collection: Collection, send: Send): Promise<ObjectList> {
  const accept = acceptOf(collection.query, 'List')
  const items: KubeObject[] = []
  let next: string | undefined
  for (;;) {
    const parameters = { limit: pageSize, continue: next }
    const answer = await send(queryPath(collection, parameters), accept)
    // The snapshot was compacted away between two pages: only the whole list is consistent now.
    if (answer.status === 410 && next !== undefined) {
      return parsePage(await send(queryPath(collection, {}), accept), collection)
    }
    const page = parsePage(answer, collection)
    items.push(...page.items)
    if (page.next === undefined) return { resourceVersion: page.resourceVersion, items }
    next = page.next
  }
}

export function queryPath(
  { mapping, query }: Collection,
  parameters: Readonly<Record<string, string | undefined>>,
): string {
  const { labelSelector, fieldSelector, namespace = '' } = query
  const path = collectionPath(mapping, namespace)
  return withQuery(path, { labelSelector, fieldSelector, ...parameters })
}

/** Full objects, or their metadata alone when the query says so. */
export function acceptOf(query: ListQuery, suffix: '' | 'List'): string {
  return query.metadataOnly === true
    ? `application/json;as=PartialObjectMetadata${suffix};g=meta.k8s.io;v=v1`
    : 'application/json'
}

function parsePage(answer: Answer, { mapping, target }: Collection) {
  if (answer.status !== 200) throw statusError(answer, target)
  const parsed = List.safeParse(answer.body)
  if (!parsed.success) {
    throw new StageError(
      'CLUSTER_ERROR',
      `${target.resource}: the API server answers a list with something else`,
    )
  }
  const { metadata, items } = parsed.data
  return {
    resourceVersion: metadata.resourceVersion,
    next: metadata.continue === '' ? undefined : metadata.continue,
    items: (items ?? []).map((item) => withKind(item, mapping)),
  }
}

const List = z.object({
  metadata: z.object({ resourceVersion: z.string(), continue: z.string().optional() }),
  items: z.array(z.custom<Pick<KubeObject, 'metadata'>>(isItem)).nullable(),
})
