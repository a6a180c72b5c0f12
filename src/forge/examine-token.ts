import { StageError } from '../domain/error.ts'
import type { ForgeSettings } from '../domain/settings.ts'
import { unreachableError } from './answer-error.ts'
import { boundFetch } from './bound-fetch.ts'
import type { ForgeDeps } from './forge-deps.ts'
import { examineGiteaToken } from './gitea/examine.ts'
import { examineGithubToken } from './github/examine.ts'
import { signIn } from './github/sign-in.ts'
import { examineGitlabToken } from './gitlab/examine.ts'
import type { Ask, TokenReport } from './token-report.ts'

const examineMs = 20_000

/** Asks the forge without changing anything. Throws FORGE_UNREACHABLE. */
export async function examineToken(
  settings: ForgeSettings,
  repos: readonly string[],
  deps: ForgeDeps,
): Promise<TokenReport> {
  const token = await signIn(settings, deps, AbortSignal.timeout(examineMs))
  if (token === undefined) {
    throw new StageError('FORGE_DENIED', `set forges.${settings.key}.token or app`)
  }
  const send = boundFetch(deps.fetch)
  let clockSkewMs: number | undefined
  const ask: Ask = async (method, path, body) => {
    const response = await send(`${settings.apiUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token.reveal()}`,
        'content-type': 'application/json',
        'user-agent': 'landfall',
      },
      body: body === undefined ? null : JSON.stringify(body),
    }).catch((error: unknown) => {
      throw unreachableError(`forge ${settings.key}`, error)
    })
    const told = Date.parse(response.headers.get('date') ?? '')
    clockSkewMs = Number.isNaN(told) ? clockSkewMs : told + 500 - deps.clock.now()
    const data = await response.json().catch(() => undefined)
    const headers = Object.fromEntries(response.headers)
    return { status: response.status, headers, message: messageOf(data), data }
  }
  switch (settings.type) {
    case 'github':
      return { ...(await examineGithubToken(ask, settings, repos)), clockSkewMs }
    case 'gitlab':
      return { ...(await examineGitlabToken(ask, settings, repos)), clockSkewMs }
    case 'gitea':
      return { ...(await examineGiteaToken(ask, settings, repos)), clockSkewMs }
  }
}

function messageOf(data: unknown): string {
  const { message } = (data ?? {}) as { readonly message?: unknown }
  return typeof message === 'string' ? message : ''
}
