import type { ServiceAccountRef } from '../domain/application.ts'
import { StageError } from '../domain/error.ts'
import { type KubeObject, type ObjectRef, refOf } from '../domain/kube-object.ts'
import type { Discovery, ListQuery, ObjectClient, ResourceMapping } from './cluster.ts'
import { isUidMismatch, isUnknownPath, statusError, unknownKind } from './errors.ts'
import { fieldManager } from './field-manager.ts'
import { isKubeObject } from './kube-body.ts'
import type { Answer, KubeRequest, Target } from './kube-request.ts'
import { listAll } from './list-pages.ts'
import { objectPath, withQuery } from './object-path.ts'
import { readPodLog } from './pod-log.ts'
import type { Transport } from './transport.ts'
import { watchEvents } from './watch-events.ts'

export interface ObjectClientDeps {
  readonly transport: Transport
  readonly discovery: Discovery
  readonly serviceAccount: ServiceAccountRef | undefined
  /** Ends every request; a watch has one of its own besides. */
  readonly signal: AbortSignal | undefined
  /** Called before each request goes out, and each time it goes out again. */
  readonly beforeSend: (() => void) | undefined
  /** In [0, 1). */
  readonly random: () => number
}

type Order = Pick<KubeRequest, 'verb' | 'contentType' | 'body'> & {
  readonly query?: Readonly<Record<string, string>>
}

export function createObjectClient(deps: ObjectClientDeps): ObjectClient {
  const { transport, discovery, serviceAccount, signal, beforeSend, random } = deps
  const caller = { serviceAccount, signal, beforeSend }

  async function mappingOf(kind: Pick<ListQuery, 'group' | 'version' | 'kind'>) {
    const mapping = await discovery.find(kind)
    if (mapping === undefined) throw unknownKind(kind)
    return mapping
  }

  async function ask(ref: ObjectRef, order: Order): Promise<{ answer: Answer; target: Target }> {
    const mapping = await mappingOf(ref)
    const target = targetOf(mapping, ref.namespace, ref.name)
    const { query = {}, ...rest } = order
    const path = withQuery(objectPath(mapping, ref.namespace, ref.name), query)
    const answer = await transport.send({ ...rest, path, target, ...caller })
    return { answer: known(answer, mapping), target }
  }

  /** A kind that was served when discovery looked, and no longer is. */
  function known(answer: Answer, mapping: ResourceMapping): Answer {
    if (!isUnknownPath(answer)) return answer
    discovery.refresh()
    throw unknownKind(mapping)
  }

  return {
    async get(ref) {
      const { answer, target } = await ask(ref, { verb: 'get' })
      if (answer.status === 404) return undefined
      return objectIn(answer, target)
    },

    async list(query) {
      const mapping = await mappingOf(query)
      const target = targetOf(mapping, query.namespace ?? '', '')
      return listAll({ mapping, query, target }, async (path, accept) =>
        known(await transport.send({ verb: 'list', path, accept, target, ...caller }), mapping),
      )
    },

    async apply(object, { dryRun } = { dryRun: false }) {
      const { answer, target } = await ask(refOf(object), {
        verb: 'apply',
        contentType: 'application/apply-patch+yaml',
        body: object,
        query: {
          fieldManager,
          force: 'true',
          fieldValidation: 'Strict',
          ...(dryRun && { dryRun: 'All' }),
        },
      })
      return { object: objectIn(answer, target), created: answer.status === 201 }
    },

    async patchJson(ref, operations) {
      const { answer, target } = await ask(ref, {
        verb: 'patch',
        contentType: 'application/json-patch+json',
        body: operations,
        query: { fieldManager, fieldValidation: 'Strict' },
      })
      return objectIn(answer, target)
    },

    async remove(ref, { uid, resourceVersion, propagation }) {
      const { answer, target } = await ask(ref, {
        verb: 'delete',
        body: { preconditions: { uid, resourceVersion }, propagationPolicy: propagation },
      })
      if (answer.status === 404 || isUidMismatch(answer)) return 'gone'
      if (answer.status >= 300) throw statusError(answer, target)
      return 'deleted'
    },

    async evict(ref, uid) {
      const mapping = await mappingOf(ref)
      const target = targetOf(mapping, ref.namespace, ref.name)
      const answer = await transport.send({
        verb: 'create',
        path: `${objectPath(mapping, ref.namespace, ref.name)}/eviction`,
        target,
        ...caller,
        // The server says 429 for as long as the budget lasts, which may be for ever.
        isAskedOnce: true,
        body: {
          apiVersion: 'policy/v1',
          kind: 'Eviction',
          metadata: { name: ref.name, namespace: ref.namespace },
          deleteOptions: { preconditions: { uid } },
        },
      })
      if (answer.status === 404 || answer.status === 409) return 'gone'
      if (answer.status === 429) return 'held'
      if (answer.status >= 300) throw statusError(answer, target)
      return 'evicted'
    },

    async *watch(query, options) {
      const mapping = await mappingOf(query)
      const target = targetOf(mapping, query.namespace ?? '', '')
      const signals = signal === undefined ? [options.signal] : [options.signal, signal]
      yield* watchEvents(
        { transport, serviceAccount, random },
        { mapping, query, target },
        { ...options, signal: AbortSignal.any(signals) },
      )
    },

    readLog: (query) => readPodLog({ transport, serviceAccount, signal }, query),
  }
}

function targetOf(mapping: ResourceMapping, namespace: string, name: string): Target {
  const { group, kind, resource } = mapping
  return {
    resource: group === '' ? resource : `${resource}.${group}`,
    group,
    kind,
    namespace: mapping.namespaced ? namespace : '',
    name,
  }
}

function objectIn(answer: Answer, target: Target): KubeObject {
  if (answer.status >= 300) throw statusError(answer, target)
  const object = answer.body
  if (isKubeObject(object)) return object
  throw new StageError(
    'CLUSTER_ERROR',
    `${target.resource} ${target.name}: the API server answers with something that is no object`,
  )
}
