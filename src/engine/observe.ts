import { StageError } from '../domain/error.ts'
import type { ObjectRef } from '../domain/kube-object.ts'
import { type KubeObject, refKey, refOf } from '../domain/kube-object.ts'
import { mapInFlight, requestsInFlight } from './in-flight.ts'
import { partOfLabel } from './place-objects.ts'
import type { Target } from './target.ts'

/** These live objects by `refKey`: one request for each. Of a kind that is not served there is none. */
export async function observeEach(
  target: Target,
  refs: readonly ObjectRef[],
): Promise<ReadonlyMap<string, KubeObject>> {
  const found = await mapInFlight(refs, requestsInFlight, async (ref) => {
    try {
      return await target.client.get(ref)
    } catch (error) {
      if (error instanceof StageError && error.code === 'PLAN_UNKNOWN_KIND') return undefined
      throw error
    }
  })
  const objects = found.filter((object) => object !== undefined)
  return new Map(objects.map((object) => [refKey(refOf(object)), object]))
}

/** The application's live objects by `refKey`: one list request per kind and namespace. */
export async function observe(
  target: Target,
  refs: readonly ObjectRef[],
): Promise<ReadonlyMap<string, KubeObject>> {
  const queries = Map.groupBy(refs, (ref) =>
    [ref.group, ref.version, ref.kind, ref.namespace].join('/'),
  )
  const lists = await mapInFlight([...queries.values()], requestsInFlight, async ([ref]) =>
    ref === undefined ? [] : listOne(target, ref),
  )
  return new Map(lists.flat().map((object) => [refKey(refOf(object)), object]))
}

async function listOne(target: Target, ref: ObjectRef): Promise<readonly KubeObject[]> {
  const { group, version, kind, namespace } = ref
  try {
    const list = await target.client.list({
      group,
      version,
      kind,
      ...(namespace === '' ? {} : { namespace }),
      labelSelector: `${partOfLabel}=${target.partOf}`,
    })
    return list.items
  } catch (error) {
    // The kind is gone with its CRD: its objects are, too.
    if (error instanceof StageError && isGone(error)) return []
    throw error
  }
}

function isGone(error: StageError): boolean {
  return error.code === 'OBJECT_NOT_FOUND' || error.code === 'PLAN_UNKNOWN_KIND'
}
