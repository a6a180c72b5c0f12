import { Commits } from '@gitbeaker/rest'
import { type CommitState, type CommitStatus, truncate } from '../../domain/commit-status.ts'
import { StageError } from '../../domain/error.ts'
import { shortSha } from '../../domain/revision.ts'
import type { ForgeSettings } from '../../domain/settings.ts'
import { type Answer, answerError, unreachableError } from '../answer-error.ts'
import { boundFetch } from '../bound-fetch.ts'
import type { Forge } from '../forge.ts'
import type { ForgeDeps } from '../forge-deps.ts'
import { repoPath } from '../repo-path.ts'
import { createRequester } from './requester.ts'

const descriptionLimit = 140

const states = {
  pending: 'pending',
  success: 'success',
  failure: 'failed',
  error: 'failed',
  superseded: 'canceled',
} as const satisfies Record<CommitState, string>

/** POST /projects/{id}/statuses/{sha}. */
export function createGitlabStatus(
  settings: ForgeSettings,
  { fetch, clock }: ForgeDeps,
): Forge['postStatus'] {
  const { token, apiUrl } = settings
  return async (repo, status, signal) => {
    const what = `status ${status.context} of ${repo}@${shortSha(status.sha)}`
    if (token === undefined) {
      throw new StageError('FORGE_DENIED', `${what}: set forges.${settings.key}.token`)
    }
    const project = repoPath(repo, settings.url) ?? []
    if (project.length < 2) {
      throw new StageError('FORGE_REJECTED', `${what}: the repository's URL has no group/project`)
    }
    const requester = createRequester({ apiUrl, token, fetch: boundFetch(fetch), signal })
    const commits = new Commits({ requesterFn: () => requester })
    const {
      status: code,
      headers,
      data,
    } = await commits
      .editStatus(project.join('/'), status.sha, states[status.state], {
        ...optionsOf(status),
        showExpanded: true,
      })
      .catch((error: unknown) => {
        throw unreachableError(what, error)
      })
    const answer = { status: code, headers, message: messageOf(data) }
    if ((code < 200 || code > 299) && !isInThatState(answer)) {
      throw answerError(what, answer, clock.now())
    }
  }
}

// `ref` always: without it GitLab looks for any branch that holds the commit, and may make a second pipeline.
function optionsOf(status: CommitStatus) {
  return {
    ref: status.ref.replace(/^refs\/heads\//, ''),
    context: status.context,
    description: truncate(status.description, descriptionLimit),
    ...(status.targetUrl !== undefined && { targetUrl: status.targetUrl }),
  }
}

// The same state twice is answered 400: https://github.com/runatlantis/atlantis/issues/2685
function isInThatState({ status, message }: Answer): boolean {
  return status === 400 && message.includes('Cannot transition status via')
}

function messageOf(body: unknown): string {
  if (typeof body !== 'object' || body === null) return ''
  const { message, error } = body as { message?: unknown; error?: unknown }
  const words = message ?? error ?? ''
  return typeof words === 'string' ? words : JSON.stringify(words)
}
