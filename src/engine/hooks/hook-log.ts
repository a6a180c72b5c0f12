import { stripVTControlCharacters } from 'node:util'
import { asStageError } from '../../domain/error.ts'
import { type KubeObject, refOf } from '../../domain/kube-object.ts'
import type { Redact } from '../../domain/redact.ts'
import { containersOf } from '../health/containers-of.ts'
import { readField, readNumber, readRecords, readText } from '../health/read-field.ts'
import type { Target } from '../target.ts'

/** The end of what a failed hook's program has written, or why that cannot be had. */
export type HookLog =
  | { readonly kind: 'lines'; readonly lines: readonly string[] }
  | { readonly kind: 'none'; readonly reason: string }

const tailLines = 10
const limits = { lines: tailLines, maxBytes: 16 * 1024, timeoutMs: 5_000 }
const longestLine = 300

export async function readHookLog(
  { own }: Pick<Target, 'own'>,
  live: KubeObject,
  redact: Redact,
): Promise<HookLog | undefined> {
  try {
    const pod = live.kind === 'Pod' ? live : await failedPodOf(own, live)
    if (pod === undefined) return { kind: 'none', reason: 'its pods are gone, and their logs too' }
    const { namespace, name } = refOf(pod)
    const container = failedContainer(pod)
    const text = await own.readLog({
      namespace,
      pod: name,
      container,
      isPrevious: false,
      ...limits,
    })
    const lines = redact(stripVTControlCharacters(text))
      .split(/[\r\n]+/)
      .map((line) =>
        line
          .replaceAll(/\p{Cc}/gu, ' ')
          .trim()
          .slice(0, longestLine),
      )
      .filter((line) => line !== '')
    return lines.length === 0 ? undefined : { kind: 'lines', lines: lines.slice(-tailLines) }
  } catch (error) {
    return { kind: 'none', reason: `its log cannot be read: ${asStageError(error).text}` }
  }
}

/** Of a Job: its newest failed pod, or else its newest. */
async function failedPodOf(own: Target['own'], job: KubeObject): Promise<KubeObject | undefined> {
  const { namespace = '', uid = '' } = job.metadata
  const { items } = await own.list({
    group: '',
    version: 'v1',
    kind: 'Pod',
    namespace,
    labelSelector: `batch.kubernetes.io/controller-uid=${uid}`,
  })
  const hasFailed = (pod: KubeObject) => readText(pod, 'status', 'phase') === 'Failed'
  const madeAt = (pod: KubeObject) => pod.metadata.creationTimestamp ?? ''
  return items.toSorted(
    (a, b) => Number(hasFailed(b)) - Number(hasFailed(a)) || madeAt(b).localeCompare(madeAt(a)),
  )[0]
}

function failedContainer(pod: KubeObject): string {
  const failed = containersOf(pod).find(({ status }) =>
    ['state', 'lastState'].some((field) => {
      const code = readNumber(readField(status, field, 'terminated'), 'exitCode')
      return code !== undefined && code !== 0
    }),
  )
  const first = readRecords(pod, 'spec', 'containers')[0]
  return readText(failed?.status, 'name') ?? readText(first, 'name') ?? ''
}
