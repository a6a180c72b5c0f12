import { Octokit, RequestError } from 'octokit'
import { type CommitState, type CommitStatus, truncate } from '../../domain/commit-status.ts'
import { StageError } from '../../domain/error.ts'
import { shortSha } from '../../domain/revision.ts'
import type { ForgeSettings } from '../../domain/settings.ts'
import { type Answer, answerError, unreachableError } from '../answer-error.ts'
import { boundFetch } from '../bound-fetch.ts'
import type { Forge } from '../forge.ts'
import type { ForgeDeps } from '../forge-deps.ts'
import { repoPath } from '../repo-path.ts'
import { untilAborted } from '../until-aborted.ts'
import { signIn } from './sign-in.ts'

// A longer one is answered 422.
const descriptionLimit = 140

const states = {
  pending: 'pending',
  success: 'success',
  failure: 'failure',
  error: 'error',
  superseded: 'error',
} as const satisfies Record<CommitState, string>

const silent = { debug() {}, info() {}, warn() {}, error() {} }

/**
 * POST /repos/{owner}/{repo}/statuses/{sha}. The throttling plugin spaces the writes of one forge
 * a second apart, as GitHub asks; whether a failed one is tried again is its caller's decision.
 */
export function createGithubStatus(settings: ForgeSettings, deps: ForgeDeps): Forge['postStatus'] {
  const { fetch, clock } = deps
  const octokit = new Octokit({
    baseUrl: settings.apiUrl,
    userAgent: 'landfall',
    log: silent,
    request: { fetch: boundFetch(fetch) },
    retry: { enabled: false },
    throttle: { id: settings.key, onRateLimit: () => false, onSecondaryRateLimit: () => false },
  })

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
    const answer = await untilAborted(signal, () =>
      octokit.request('POST /repos/{owner}/{repo}/statuses/{sha}', {
        owner,
        repo: name,
        ...bodyOf(status),
        headers: { authorization: `Bearer ${token.reveal()}` },
        request: { signal },
      }),
    ).catch((error: unknown) => {
      const failed = answerOf(error)
      throw failed === undefined
        ? unreachableError(what, error)
        : answerError(what, failed, clock.now())
    })
    if (answer.status < 200 || answer.status > 299) {
      throw answerError(what, { ...answer, message: '' }, clock.now())
    }
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
