import type { ObjectClient } from '../cluster/cluster.ts'
import { StageError } from '../domain/error.ts'
import { describeRef, type KubeObject, type ObjectRef } from '../domain/kube-object.ts'

/**
 * Waits, by watch, until the object satisfies `isDone`. Throws `HEALTH_TIMEOUT` when the signal
 * ends the wait first.
 */
export async function waitForObject(
  client: ObjectClient,
  ref: ObjectRef,
  isDone: (object: KubeObject | undefined) => boolean,
  signal: AbortSignal,
): Promise<void> {
  const query = {
    group: ref.group,
    version: ref.version,
    kind: ref.kind,
    ...(ref.namespace === '' ? {} : { namespace: ref.namespace }),
    fieldSelector: `metadata.name=${ref.name}`,
  }
  while (!signal.aborted) {
    const list = await client.list(query)
    if (isDone(list.items[0])) return
    for await (const event of client.watch(query, {
      resourceVersion: list.resourceVersion,
      signal,
    })) {
      if (event.type === 'GONE') break
      if (event.type === 'BOOKMARK') continue
      if (isDone(event.type === 'DELETED' ? undefined : event.object)) return
    }
  }
  throw new StageError('HEALTH_TIMEOUT', `${describeRef(ref)} was not ready in time`)
}
