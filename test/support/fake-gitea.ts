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
  const granted = { isWriter: true, scope: 'write' as 'write' | 'read' | 'none' }
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

  const may = (method: string) =>
    granted.scope === 'write' || (granted.scope === 'read' && method === 'GET')

  const answer = (request: FakeRequest, state: FakeState): FakeAnswer => {
    const known = /^\/api\/v1\/repos\/([^/]+\/[^/]+)(?:\/statuses\/([0-9a-f]{40}))?$/
    const [, repo = '', sha] = known.exec(request.path) ?? []
    if (repo === '' || request.method !== (sha === undefined ? 'GET' : 'POST')) return missing
    if (!isAuthorized(request, token)) return refuse(401, 'token is required')
    if (!may(request.method)) return refuse(403, 'token does not have the required scope')
    return sha === undefined ? describe(repo) : report(repo, sha, request, state)
  }

  const describe = (repo: string): FakeAnswer =>
    repo === 'acme/deploy'
      ? { status: 200, body: { permissions: { pull: true, push: granted.isWriter } } }
      : missing

  const report = (
    repo: string,
    sha: string,
    request: FakeRequest,
    state: FakeState,
  ): FakeAnswer => {
    // It says what was wrong to administrators alone.
    if (state.hidden.has(sha) || /^0+$/.test(sha)) return refuse(500, '')
    const body = request.body as GiteaStatus
    state.violations.push(...violationsOf(body))
    return accept(repo, sha, body, state)
  }

  const forge = await startFakeForge({ token, apiPath: '/api/v1', answer })
  return Object.assign(forge, { granted })
}

// The real one takes any state and drops what it does not know, in silence.
function violationsOf(body: GiteaStatus): string[] {
  const unknown = Object.keys(body).filter((key) => !described.includes(key))
  return [
    ...(states.includes(body.state) ? [] : [`state ${body.state}`]),
    ...unknown.map((key) => `unknown ${key}`),
  ]
}

const missing = refuse(404, 'not found')

function refuse(status: number, message: string): FakeAnswer {
  return { status, body: { message, url: 'https://gitea.example.com/api/swagger' } }
}

function isAuthorized({ headers }: FakeRequest, token: string): boolean {
  return [`token ${token}`, `Bearer ${token}`].includes(headers.authorization ?? '')
}
