import { App, Octokit, RequestError } from 'octokit'
import type { GithubApp } from '../domain/github-app.ts'
import { createSecret, type Secret } from '../domain/secret.ts'
import { answerError, unreachableError } from './answer-error.ts'
import { boundFetch } from './bound-fetch.ts'
import type { ForgeDeps } from './forge-deps.ts'
import { untilAborted } from './until-aborted.ts'

/** Installation tokens of GitHub Apps. */
export interface AppTokens {
  /**
   * One that is good for some minutes more at least, and not the one that was `refused`: a token
   * may be revoked before it ends. Throws FORGE_UNREACHABLE, FORGE_THROTTLED, FORGE_DENIED,
   * FORGE_REJECTED.
   */
  tokenOf(app: GithubApp, signal: AbortSignal, refused?: Secret): Promise<Secret>
}

interface AppTokensDeps extends ForgeDeps {
  /** Hears of each token before anybody uses it. */
  readonly onToken: (token: Secret) => void
}

interface Known {
  readonly token: Secret
  readonly madeAt: number
  readonly endsAt: number
}

/** A fetch that begins with a token must end with it. */
const spareMs = 15 * 60_000
/** Of a token whose life is shorter than that. */
const spareShare = 0.25
const limitMs = 20_000

/** Keeps each token until it is near its end, and makes one at a time for each installation. */
export function createAppTokens(deps: AppTokensDeps): AppTokens {
  const known = new Map<string, Known>()
  const making = new Map<string, Promise<Secret>>()

  const make = async (key: string, app: GithubApp): Promise<Secret> => {
    const begunAt = deps.clock.now()
    const { token, endsAt } = await requestToken(app, deps)
    deps.onToken(token)
    const spare = Math.min(spareMs, (endsAt - begunAt) * spareShare)
    known.set(key, { token, madeAt: begunAt, endsAt: endsAt - spare })
    return token
  }

  return {
    async tokenOf(app, signal, refused) {
      const key = JSON.stringify([app.apiUrl, app.id, app.installationId, app.privateKey.reveal()])
      const last = known.get(key)
      if (last !== undefined && isGood(last, deps.clock.now(), refused)) return last.token
      const shared = making.get(key) ?? make(key, app).finally(() => making.delete(key))
      making.set(key, shared)
      return untilAborted(signal, () => shared)
    },
  }
}

// By a clock that was set back it would live too long.
function isGood({ token, madeAt, endsAt }: Known, now: number, refused?: Secret): boolean {
  return madeAt <= now && now < endsAt && token.reveal() !== refused?.reveal()
}

// Not the library's own installation sign-in: what it shares between Apps is keyed by the number
// of the installation alone, which two GitHub servers may both have.
async function requestToken(
  app: GithubApp,
  { fetch, clock }: ForgeDeps,
): Promise<Pick<Known, 'token' | 'endsAt'>> {
  const { octokit } = new App({
    appId: app.id,
    privateKey: app.privateKey.reveal(),
    Octokit: Octokit.defaults({
      baseUrl: app.apiUrl,
      userAgent: 'landfall',
      request: { fetch: boundFetch(fetch) },
      retry: { enabled: false },
      throttle: { enabled: false },
    }),
    log: { debug() {}, info() {}, warn() {}, error() {} },
  })
  const what = `sign-in of GitHub App ${app.id} for installation ${app.installationId}`
  try {
    const { data } = await octokit.request(
      'POST /app/installations/{installation_id}/access_tokens',
      { installation_id: app.installationId, request: { signal: AbortSignal.timeout(limitMs) } },
    )
    return { token: createSecret(data.token), endsAt: Date.parse(data.expires_at) }
  } catch (error) {
    if (!(error instanceof RequestError) || error.response === undefined) {
      throw unreachableError(what, error)
    }
    const { headers } = error.response
    throw answerError(what, { status: error.status, headers, message: error.message }, clock.now())
  }
}
