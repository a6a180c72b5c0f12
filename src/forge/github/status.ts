import { RequestError } from 'octokit'
import { type CommitState, type CommitStatus, truncate } from '../../domain/commit-status.ts'
import { StageError } from '../../domain/error.ts'
import { shortSha } from '../../domain/revision.ts'
import type { Secret } from '../../domain/secret.ts'
import type { ForgeSettings } from '../../domain/settings.ts'
import { type Answer, answerError, unreachableError } from '../answer-error.ts'
import type { Forge } from '../forge.ts'
import type { ForgeDeps } from '../forge-deps.ts'
import { repoPath } from '../repo-path.ts'
import { untilAborted } from '../until-aborted.ts'
import { signIn, signInAgain } from './sign-in.ts'
import { createThrottledClient } from './throttled-client.ts'

// A longer one is answered 422.
const descriptionLimit = 140

const states = {
  pending: 'pending',
  success: 'success',
  failure: 'failure',
  error: 'error',
  superseded: 'error',
} as const satisfies Record<CommitState, string>

/**
 * POST /repos/{owner}/{repo}/statuses/{sha}. Whether a failed one is tried again is its caller's
 * decision.
 */
export function createGithubStatus(settings: ForgeSettings, deps: ForgeDeps): Forge['postStatus'] {
  const { clock } = deps
  const client = createThrottledClient(settings, deps)

  return async (repo, status, signal) => {
    const what = `status ${status.context} of ${repo}@${shortSha(status.sha)}`
    const token = await signIn(settings, deps, signal)
    if (token === undefined) {
      throw new StageError('FORGE_DENIED', `${what}: set forges.${settings.key}.token or app`)
    }
    const [owner, name, ...rest] = repoPath(repo, settings.url) ?? []
    if (owner === undefined || name === undefined || rest.length > 0) {
      throw new StageError('FORGE_REJECTED', `${what}: the repository's URL has no owner/name`)
    }
    const post = async (token: Secret): Promise<Answer> => {
      const headers = { authorization: `Bearer ${token.reveal()}` }
      const request = { owner, repo: name, ...bodyOf(status), headers, request: { signal } }
      try {
        const answer = await untilAborted(signal, () =>
          client().request('POST /repos/{owner}/{repo}/statuses/{sha}', request),
        )
        return { status: answer.status, headers: answer.headers, message: '' }
      } catch (error) {
        const failed = answerOf(error)
        if (failed === undefined) throw unreachableError(what, error)
        return failed
      }
    }
    let answer = await post(token)
    if (answer.status === 401) {
      const fresh = await signInAgain(settings, deps, { signal, refused: token })
      if (fresh !== undefined) answer = await post(fresh)
    }
    if (answer.status < 200 || answer.status > 299) throw answerError(what, answer, clock.now())
  }
}

function bodyOf(status: CommitStatus) {
  return {
    sha: status.sha,
    state: states[status.state],
    context: status.context,
    description: truncate(status.description, descriptionLimit),
    ...(status.targetUrl !== undefined && { target_url: status.targetUrl }),
  }
}

function answerOf(error: unknown): Answer | undefined {
  if (!(error instanceof RequestError) || error.response === undefined) return undefined
  return { status: error.status, headers: error.response.headers, message: error.message }
}
