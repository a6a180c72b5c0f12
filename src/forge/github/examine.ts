import type { ForgeSettings } from '../../domain/settings.ts'
import { repoPath } from '../repo-path.ts'
import type { Ask, TokenReport } from '../token-report.ts'

/** No commit has this id: whoever may write statuses is told so, and nothing is written. */
const noCommit = '0'.repeat(40)
const probe = { state: 'pending', context: 'landfall/doctor', description: 'a probe' }

/**
 * By what the token may do, since a fine-grained one does not tell: a status on a commit that does
 * not exist is answered 422 where it would be allowed.
 */
export async function examineGithubToken(
  ask: Ask,
  settings: Pick<ForgeSettings, 'url'>,
  repos: readonly string[],
): Promise<Omit<TokenReport, 'clockSkewMs'>> {
  const faults: string[] = []
  let expiresAt: number | undefined
  for (const repo of repos) {
    const path = repoPath(repo, settings.url) ?? []
    if (path.length !== 2) continue
    const name = path.join('/')
    const answer = await ask('POST', `/repos/${name}/statuses/${noCommit}`, probe)
    expiresAt ??= expiryOf(answer.headers['github-authentication-token-expiration'])
    const fault = faultOf(answer.status, name)
    if (fault !== undefined) faults.push(fault)
    if (answer.status === 401) break
  }
  return { faults, expiresAt }
}

function faultOf(status: number, name: string): string | undefined {
  switch (status) {
    case 422:
      return undefined
    case 401:
      return 'the token is not valid; it is expired, revoked or of another forge'
    case 403:
      return `the token may not write commit statuses in ${name}`
    case 404:
      return `the token does not see ${name}`
    default:
      return `asked for ${name}, the forge answered ${status}`
  }
}

// `2026-12-01 10:00:00 UTC`
function expiryOf(header: string | number | undefined): number | undefined {
  const time = Date.parse(String(header ?? ''))
  return Number.isNaN(time) ? undefined : time
}
