import { type FakeAnswer, type FakeRequest, type FakeState, startFakeForge } from './fake-forge.ts'

const states = ['pending', 'success', 'error', 'failure', 'warning', 'skipped']
const described = ['state', 'target_url', 'description', 'context']

interface GiteaStatus {
  readonly state: string
  readonly context?: string
  readonly description?: string
  readonly target_url?: string
}

/** Gitea's commit statuses, as its sources and the real one of the end-to-end tests have them. */
export async function startFakeGitea(token = 'f00dfacef00dfacef00dfacef00dfacef00dface') {
  const accept = (repo: string, sha: string, body: GiteaStatus, state: FakeState): FakeAnswer => {
    const { context = '', description = '', target_url = '' } = body
    const status = {
      repo,
      sha,
      state: body.state,
      context: context.trim(),
      description: description.trim(),
      targetUrl: target_url.trim() === '' ? undefined : target_url.trim(),
      ref: undefined,
    }
    state.statuses.push(status)
    return { status: 201, body: { id: state.statuses.length, status: body.state, context } }
  }

  const answer = (request: FakeRequest, state: FakeState): FakeAnswer => {
    const path = /^\/api\/v1\/repos\/([^/]+\/[^/]+)\/statuses\/([0-9a-f]{40})$/
    const [, repo = '', sha = ''] = path.exec(request.path) ?? []
    if (repo === '' || request.method !== 'POST') return refuse(404, 'not found')
    if (!isAuthorized(request, token)) return refuse(401, 'token is required')
    // It says what was wrong to administrators alone.
    if (state.hidden.has(sha)) return refuse(500, '')
    const body = request.body as GiteaStatus
    state.violations.push(...violationsOf(body))
    return accept(repo, sha, body, state)
  }

  return startFakeForge({ token, apiPath: '/api/v1', answer })
}

// The real one takes any state and drops what it does not know, in silence.
function violationsOf(body: GiteaStatus): string[] {
  const unknown = Object.keys(body).filter((key) => !described.includes(key))
  return [
    ...(states.includes(body.state) ? [] : [`state ${body.state}`]),
    ...unknown.map((key) => `unknown ${key}`),
  ]
}

function refuse(status: number, message: string): FakeAnswer {
  return { status, body: { message, url: 'https://gitea.example.com/api/swagger' } }
}

function isAuthorized({ headers }: FakeRequest, token: string): boolean {
  return [`token ${token}`, `Bearer ${token}`].includes(headers.authorization ?? '')
}
