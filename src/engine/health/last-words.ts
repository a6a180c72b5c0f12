import type { ObjectClient } from '../../cluster/cluster.ts'
import type { FailedContainer, HealthAssessment } from '../../domain/health.ts'
import type { Redact } from '../../domain/redact.ts'
import { failedFirst } from './failed-first.ts'
import { tellingLine } from './telling-line.ts'

export interface LastWordsDeps {
  readonly client: Pick<ObjectClient, 'readLog'>
  readonly redact: Redact
}

// One line is wanted; a Java trace or the goroutines of a Go panic stand below it. Together these
// bound what a hostile log costs, and how much later a failure is told.
const limits = { lines: 50, maxBytes: 32 * 1024, timeoutMs: 1_000 }
const mostLogs = 3

/** Adds to a failure the line of its container's log that says why, where it can be had. */
export async function withLastWords<
  T extends { readonly assessment: HealthAssessment; readonly isAwaited: boolean },
>(deps: LastWordsDeps, objects: readonly T[]): Promise<T[]> {
  const withLog = objects.filter(({ isAwaited, assessment }) => isAwaited && assessment.container)
  const asked = new Set(failedFirst(withLog).slice(0, mostLogs))
  return Promise.all(
    objects.map(async (object) => {
      const { assessment } = object
      if (!asked.has(object) || assessment.container === undefined) return object
      const line = await readLine(deps, assessment.container)
      if (line === undefined) return object
      return {
        ...object,
        assessment: { ...assessment, message: `${assessment.message}; its log says: ${line}` },
      }
    }),
  )
}

async function readLine(
  { client, redact }: LastWordsDeps,
  container: FailedContainer,
): Promise<string | undefined> {
  try {
    return tellingLine(redact(await client.readLog({ ...container, ...limits })))
  } catch {
    // No right to logs, no kubelet, no log any more: the failure is told without its last words.
    return undefined
  }
}
