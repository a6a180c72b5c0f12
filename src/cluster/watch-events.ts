import { z } from 'zod'
import type { ServiceAccountRef } from '../domain/application.ts'
import { StageError } from '../domain/error.ts'
import type { WatchEvent, WatchOptions } from './cluster.ts'
import { isUnknownPath, statusError, unknownKind } from './errors.ts'
import { isItem, withKind } from './kube-body.ts'
import type { KubeRequest, Target } from './kube-request.ts'
import { linesOf } from './lines.ts'
import { acceptOf, type Collection, queryPath } from './list-pages.ts'
import { parseJson } from './parse-json.ts'
import { statusOf } from './status.ts'
import type { StreamAnswer, Transport } from './transport.ts'

interface WatchDeps {
  readonly transport: Transport
  readonly serviceAccount: ServiceAccountRef | undefined
  /** In [0, 1). */
  readonly random: () => number
}

const wholeList = { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' }
const endsListAnnotation = 'k8s.io/initial-events-end'

// A connection that something on the way has forgotten (NAT, load balancer) stays silent for ever.
// The API server's watch cache sends a bookmark every minute (defaultBookmarkFrequency in
// k8s.io/apiserver/pkg/storage/cacher/cacher.go), so two that are missing and half a minute tell.
// A server that sends none, as for a kind kept out of that cache, is asked for a watch this often.
const maxSilenceMs = 150_000

/** See ObjectClient.watch. */
export async function* watchEvents(
  { transport, serviceAccount, random }: WatchDeps,
  collection: Collection,
  { resourceVersion, signal }: WatchOptions,
): AsyncGenerator<WatchEvent> {
  if (signal.aborted) return
  // Spread over 5 to 10 minutes, so that watches opened together do not come back together.
  const timeoutSeconds = 300 + Math.floor(random() * 300)
  const request: KubeRequest = {
    verb: 'watch',
    path: queryPath(collection, {
      watch: 'true',
      allowWatchBookmarks: 'true',
      ...(resourceVersion === undefined ? wholeList : { resourceVersion }),
      timeoutSeconds: `${timeoutSeconds}`,
    }),
    target: collection.target,
    accept: acceptOf(collection.query, ''),
    serviceAccount,
    signal,
  }
  const answer = await openStream(transport, request)
  if (answer === undefined) return
  if (answer.status === 410) {
    yield { type: 'GONE' }
    return
  }
  if (isUnknownPath(answer)) throw unknownKind(collection.mapping)
  if (answer.status !== 200) throw statusError(answer, collection.target)
  for await (const line of untilClosed(linesOf(answer.bytes))) {
    const event = parseEvent(line, collection)
    yield event
    if (event.type === 'GONE') return
  }
}

/** undefined: aborted, which is how a watcher ends and no failure. */
async function openStream(
  transport: Transport,
  request: KubeRequest,
): Promise<StreamAnswer | undefined> {
  try {
    return await transport.stream(request, maxSilenceMs)
  } catch (error: unknown) {
    if (request.signal?.aborted === true) return undefined
    throw error
  }
}

// Load balancers cut idle streams and networks break: for the watcher that is a stream the server
// closed, to be opened again where it ended.
async function* untilClosed(lines: AsyncIterable<string>): AsyncGenerator<string> {
  try {
    yield* lines
  } catch {
    return
  }
}

function parseEvent(line: string, { mapping, target }: Collection): WatchEvent {
  const event = Event.safeParse(parseJson(line))
  if (!event.success) throw unreadable(target)
  const { type, object } = event.data
  if (type === 'ERROR') {
    const { code } = statusOf(object)
    if (code === 410) return { type: 'GONE' }
    throw statusError({ status: code, headers: {}, body: object }, target)
  }
  if (type === 'BOOKMARK') {
    const { resourceVersion, annotations = {} } = object.metadata
    const isEnd = annotations[endsListAnnotation] === 'true'
    return { type, resourceVersion, ...(isEnd && { endsList: true }) }
  }
  if (!isItem(object)) throw unreadable(target)
  return { type, object: withKind(object, mapping) }
}

function unreadable(target: Target): StageError {
  return new StageError(
    'CLUSTER_ERROR',
    `${target.resource}: the API server sends something else than watch events`,
  )
}

const Event = z.discriminatedUnion('type', [
  z.object({ type: z.enum(['ADDED', 'MODIFIED', 'DELETED', 'ERROR']), object: z.unknown() }),
  z.object({
    type: z.literal('BOOKMARK'),
    object: z.object({
      metadata: z.object({
        resourceVersion: z.string(),
        annotations: z.record(z.string(), z.string()).optional(),
      }),
    }),
  }),
])
