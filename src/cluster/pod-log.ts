import type { ServiceAccountRef } from '../domain/application.ts'
import type { LogQuery, ResourceMapping } from './cluster.ts'
import { statusError } from './errors.ts'
import type { Target } from './kube-request.ts'
import { objectPath, withQuery } from './object-path.ts'
import type { Transport } from './transport.ts'

interface LogDeps {
  readonly transport: Transport
  readonly serviceAccount: ServiceAccountRef | undefined
  readonly signal: AbortSignal | undefined
}

const pods: ResourceMapping = {
  group: '',
  version: 'v1',
  kind: 'Pod',
  resource: 'pods',
  namespaced: true,
}

/** See ObjectClient.readLog. */
export async function readPodLog(deps: LogDeps, query: LogQuery): Promise<string> {
  const { namespace, pod, container, isPrevious, lines, maxBytes, timeoutMs } = query
  const target: Target = { resource: 'pods/log', group: '', kind: 'Pod', namespace, name: pod }
  const timeout = AbortSignal.timeout(timeoutMs)
  const answer = await deps.transport.stream(
    {
      verb: 'get',
      path: withQuery(`${objectPath(pods, namespace, pod)}/log`, {
        container,
        previous: isPrevious ? 'true' : undefined,
        tailLines: String(lines),
        limitBytes: String(maxBytes),
      }),
      accept: '*/*',
      target,
      isAskedOnce: true,
      serviceAccount: deps.serviceAccount,
      signal: deps.signal === undefined ? timeout : AbortSignal.any([deps.signal, timeout]),
    },
    timeoutMs,
  )
  if (answer.status !== 200) throw statusError(answer, target)
  return readText(answer.bytes, maxBytes)
}

/** What came until the connection broke is better than nothing. */
async function readText(bytes: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of bytes) {
      chunks.push(chunk)
      size += chunk.length
      if (size >= maxBytes) break
    }
  } catch {
    return toText(chunks, maxBytes)
  }
  return toText(chunks, maxBytes)
}

function toText(chunks: readonly Uint8Array[], maxBytes: number): string {
  return Buffer.concat(chunks).subarray(0, maxBytes).toString('utf8')
}
