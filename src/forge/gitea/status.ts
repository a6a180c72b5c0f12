import { type CommitState, type CommitStatus, truncate } from '../../domain/commit-status.ts'
import { StageError } from '../../domain/error.ts'
import { shortSha } from '../../domain/revision.ts'
import type { ForgeSettings } from '../../domain/settings.ts'
import { type Answer, answerError, unreachableError } from '../answer-error.ts'
import { boundFetch } from '../bound-fetch.ts'
import type { Forge } from '../forge.ts'
import type { ForgeDeps } from '../forge-deps.ts'
import { repoPath } from '../repo-path.ts'

// Gitea keeps any length; a commit's page has room for about one line.
const descriptionLimit = 140

const states = {
  pending: 'pending',
  success: 'success',
  failure: 'failure',
  error: 'error',
  superseded: 'error',
} as const satisfies Record<CommitState, string>

/** POST /repos/{owner}/{repo}/statuses/{sha}. */
export function createGiteaStatus(
  settings: ForgeSettings,
  { fetch, clock }: ForgeDeps,
): Forge['postStatus'] {
  const send = boundFetch(fetch)
  return async (repo, status, signal) => {
    const what = `status ${status.context} of ${repo}@${shortSha(status.sha)}`
    if (settings.token === undefined) {
      throw new StageError('FORGE_DENIED', `${what}: set forges.${settings.key}.token`)
    }
    const [owner, name, ...rest] = repoPath(repo, settings.url) ?? []
    if (owner === undefined || name === undefined || rest.length > 0) {
      throw new StageError('FORGE_REJECTED', `${what}: the repository's URL has no owner/name`)
    }
    const path = ['repos', owner, name, 'statuses', status.sha].map(encodeURIComponent).join('/')
    const answer = await post(send, `${settings.apiUrl}/${path}`, {
      signal,
      headers: {
        authorization: `token ${settings.token.reveal()}`,
        'content-type': 'application/json',
        'user-agent': 'landfall',
      },
      body: JSON.stringify(bodyOf(status)),
    }).catch((error: unknown) => {
      throw unreachableError(what, error)
    })
    if (answer.status < 200 || answer.status > 299) throw answerError(what, answer, clock.now())
  }
}

async function post(send: typeof fetch, url: string, request: RequestInit): Promise<Answer> {
  const response = await send(url, { ...request, method: 'POST' })
  const headers = Object.fromEntries(response.headers)
  return { status: response.status, headers, message: messageOf(await response.text()) }
}

function bodyOf(status: CommitStatus) {
  return {
    state: states[status.state],
    context: status.context,
    description: truncate(status.description, descriptionLimit),
    ...(status.targetUrl !== undefined && { target_url: status.targetUrl }),
  }
}

// A proxy in front answers with a page of its own.
function messageOf(text: string): string {
  try {
    const { message } = JSON.parse(text) as { message?: unknown }
    return typeof message === 'string' ? message : ''
  } catch {
    return text
  }
}
