import type { CommitStatus } from '../../src/domain/commit-status.ts'
import { StageError } from '../../src/domain/error.ts'

/** A status that was posted and waits for the test's answer. */
export interface PostedStatus {
  readonly status: CommitStatus
  take(): void
  refuse(error: Error): void
}

export interface ScriptedForge {
  postStatus(repo: string, status: CommitStatus, signal: AbortSignal): Promise<void>
  /** How many were posted. */
  count(): number
  next(): Promise<PostedStatus>
}

/** A forge that answers as the test says, or never. */
export function scriptedForge(): ScriptedForge {
  const posted: PostedStatus[] = []
  const waiting: ((post: PostedStatus) => void)[] = []
  let count = 0
  return {
    postStatus(_repo, status, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const post = { status, take: () => resolve(), refuse: reject }
      const end = () => reject(new StageError('FORGE_UNREACHABLE', 'the request was ended'))
      // A worker that stops may still have taken a report: fetch, too, ends such a request at once.
      if (signal.aborted) end()
      signal.addEventListener('abort', end)
      count += 1
      const taker = waiting.shift()
      if (taker === undefined) posted.push(post)
      else taker(post)
      return promise
    },
    count: () => count,
    next() {
      const post = posted.shift()
      if (post !== undefined) return Promise.resolve(post)
      const { promise, resolve } = Promise.withResolvers<PostedStatus>()
      waiting.push(resolve)
      return promise
    },
  }
}
