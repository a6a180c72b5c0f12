import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv, type ValidateFunction } from 'ajv'
import { type FakeAnswer, type FakeRequest, type FakeState, startFakeForge } from './fake-forge.ts'
import { githubTokens } from './github-tokens.ts'

const operation = '#/paths/~1repos~1{owner}~1{repo}~1statuses~1{sha}/post'
const statusesPerContext = 1000
const descriptionLimit = 140
const noCommit = '0'.repeat(40)

interface GithubStatus {
  readonly state: string
  readonly context?: string
  readonly description?: string | null
  readonly target_url?: string | null
}

export type FakeGithub = Awaited<ReturnType<typeof startFakeGithub>>

/** GitHub's commit statuses: its documented limits, and its published OpenAPI description. */
export async function startFakeGithub(token = 'ghp_fakefakefakefakefake') {
  const isRequest = validator<GithubStatus>(
    `${operation}/requestBody/content/application~1json/schema`,
  )
  const isStatus = validator(`${operation}/responses/201/content/application~1json/schema`)
  const isBasicError = validator('#/components/schemas/basic-error')
  const isValidationError = validator('#/components/schemas/validation-error')
  const counts = new Map<string, number>()
  const tokens = githubTokens(token)

  const checked = (validate: ValidateFunction, answer: FakeAnswer): FakeAnswer => {
    if (!validate(answer.body)) {
      throw new Error(`the fake breaks the description: ${JSON.stringify(validate.errors)}`)
    }
    return answer
  }
  const refuse = (status: number, message: string) =>
    checked(isBasicError, { status, body: { message, documentation_url, status: String(status) } })
  const invalid = (message: string, field: string) =>
    checked(isValidationError, {
      status: 422,
      body: {
        message: `Validation Failed: ${message}`,
        documentation_url,
        errors: [{ resource: 'Status', code: 'custom', field, message }],
      },
    })

  const accept = (repo: string, sha: string, body: GithubStatus, state: FakeState): FakeAnswer => {
    if (sha === noCommit) return invalid(`No commit found for SHA: ${sha}`, 'sha')
    const { context = 'default' } = body
    const description = body.description ?? ''
    if (Array.from(description).length > descriptionLimit) {
      state.violations.push(`description of ${Array.from(description).length} characters`)
      return invalid('description is too long (maximum is 140 characters)', 'description')
    }
    const key = `${repo} ${sha} ${context}`
    const count = (counts.get(key) ?? 0) + 1
    if (count > statusesPerContext) {
      return invalid('This SHA and context has reached the maximum number of statuses.', 'sha')
    }
    counts.set(key, count)
    const targetUrl = body.target_url ?? undefined
    state.statuses.push({
      repo,
      sha,
      state: body.state,
      context,
      description,
      targetUrl,
      ref: undefined,
    })
    return checked(isStatus, { status: 201, body: created(body, count) })
  }

  const answer = (request: FakeRequest, state: FakeState): FakeAnswer => {
    const refusal = tokens.refusal(request)
    if (refusal !== undefined) return refuse(...refusal)
    const { repo, sha } = commitOf(request) ?? {}
    if (repo === undefined || sha === undefined || state.hidden.has(sha)) {
      return refuse(404, 'Not Found')
    }
    const { body } = request
    if (!isRequest(body) || !onlyDescribed(body)) {
      state.violations.push(JSON.stringify(isRequest.errors ?? body))
      return invalid('is not as described', 'body')
    }
    return accept(repo, sha, body, state)
  }

  const fake = await startFakeForge({
    token,
    apiPath: '',
    answer: (request, state) =>
      tokens.answerApp(request) ?? { ...answer(request, state), headers: tokens.headers() },
  })
  return Object.assign(fake, {
    tokens,
    /** As if so many statuses had been posted before. */
    countBefore(repo: string, sha: string, context: string, count: number) {
      counts.set(`${repo} ${sha} ${context}`, count)
    },
  })
}

const documentation_url = 'https://docs.github.com/rest/commits/statuses#create-a-commit-status'

function validator<T = unknown>(pointer: string): ValidateFunction<T> {
  const file = join(import.meta.dirname, '../fixtures/openapi/github.json')
  const ajv = new Ajv({ strict: false, validateFormats: false })
  ajv.addSchema({ $id: 'github', ...JSON.parse(readFileSync(file, 'utf8')) })
  return ajv.compile<T>({ $ref: `github${encodeURI(pointer)}` })
}

// The description allows further properties; a misspelt one would be lost in silence.
function onlyDescribed(body: object): boolean {
  const described = ['state', 'target_url', 'description', 'context']
  return Object.keys(body).every((key) => described.includes(key))
}

function commitOf({ method, path }: FakeRequest) {
  const match = /^\/repos\/(?<repo>[^/]+\/[^/]+)\/statuses\/(?<sha>[0-9a-f]{40})$/.exec(path)
  return method === 'POST'
    ? (match?.groups as { repo: string; sha: string } | undefined)
    : undefined
}

function created(body: GithubStatus, id: number) {
  const now = '2026-01-01T00:00:00Z'
  return {
    url: `https://api.github.com/statuses/${id}`,
    avatar_url: null,
    id,
    node_id: `S_${id}`,
    state: body.state,
    description: body.description ?? null,
    target_url: body.target_url ?? null,
    context: body.context ?? 'default',
    created_at: now,
    updated_at: now,
    creator: null,
  }
}
