import { type FakeAnswer, type FakeRequest, type FakeState, startFakeForge } from './fake-forge.ts'

const states = ['pending', 'running', 'success', 'failed', 'canceled', 'skipped']
const transitions: Readonly<Record<string, string>> = { pending: 'enqueue', running: 'run' }

interface GitlabStatus {
  readonly state: string
  readonly ref?: string
  readonly name?: string
  readonly context?: string
  readonly description?: string
  readonly target_url?: string
}

/** GitLab's commit statuses: one unfinished status per project, commit, branch and context. */
export async function startFakeGitlab(token = 'glpat-fakefakefakefake') {
  const unfinished = new Map<string, string>()
  const self = { scopes: ['api'], expires_at: null as string | null, active: true }
  let accessLevel = 40

  const accept = (repo: string, sha: string, body: GitlabStatus, state: FakeState): FakeAnswer => {
    const { name, context = name ?? 'default', description = '', ref } = body
    const key = [repo, sha, ref, context].join(' ')
    if (unfinished.get(key) === body.state) return stuck(body.state)
    if (body.state in transitions) unfinished.set(key, body.state)
    else unfinished.delete(key)
    const targetUrl = body.target_url
    state.statuses.push({ repo, sha, state: body.state, context, description, targetUrl, ref })
    const id = state.statuses.length
    return { status: 201, body: { id, sha, status: body.state, name: context } }
  }

  const describe = ({ path }: FakeRequest): FakeAnswer => {
    if (path === '/api/v4/personal_access_tokens/self') return { status: 200, body: self }
    if (path !== '/api/v4/projects/acme%2Fdeploy') return refuse(404, '404 Not Found')
    const project_access = { access_level: accessLevel }
    return { status: 200, body: { permissions: { project_access, group_access: null } } }
  }

  const answer = (request: FakeRequest, state: FakeState): FakeAnswer => {
    const match = /^\/api\/v4\/projects\/([^/]+)\/statuses\/([0-9a-f]{40})$/.exec(request.path)
    const [, project = '', sha = ''] = match ?? []
    if (!isAuthorized(request, token)) return refuse(401, '401 Unauthorized')
    if (match === null || request.method !== 'POST') return describe(request)
    if (state.hidden.has(sha)) return refuse(404, '404 Commit Not Found')
    const body = request.body as GitlabStatus
    state.violations.push(...violationsOf(body))
    if (!states.includes(body.state)) {
      return { status: 400, body: { error: 'state does not have a valid value' } }
    }
    return accept(decodeURIComponent(project), sha, body, state)
  }

  const fake = await startFakeForge({ token, apiPath: '/api/v4', answer })
  return Object.assign(fake, {
    /** Changes what the token is told to be. */
    describeToken: (changes: Partial<typeof self>) => void Object.assign(self, changes),
    /** Gives the token this role in acme/deploy: 20 is Reporter, 30 Developer, 40 Maintainer. */
    setRole(level: number) {
      accessLevel = level
    },
  })
}

function violationsOf({ state, ref, description = '' }: GitlabStatus): string[] {
  const rules: readonly [boolean, string][] = [
    [!states.includes(state), `state ${state}`],
    [ref === undefined, 'no ref'],
    [ref?.startsWith('refs/') === true, `full ref ${ref}`],
    [Array.from(description).length > 255, 'description too long'],
  ]
  return rules.filter(([broken]) => broken).map(([, rule]) => rule)
}

function refuse(status: number, message: string): FakeAnswer {
  return { status, body: { message } }
}

function stuck(state: string): FakeAnswer {
  const event = transitions[state] ?? state
  const message = `Cannot transition status via :${event} from :${state} (Reason(s): Status cannot transition via "${event}")`
  return refuse(400, message)
}

function isAuthorized({ headers }: FakeRequest, token: string): boolean {
  return headers.authorization === `Bearer ${token}` || headers['private-token'] === token
}
