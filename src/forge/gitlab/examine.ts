import { z } from 'zod'
import type { ForgeSettings } from '../../domain/settings.ts'
import { repoPath } from '../repo-path.ts'
import type { Ask, TokenReport } from '../token-report.ts'

const developer = 30

const Token = z.object({ scopes: z.array(z.string()), expires_at: z.string().nullish() })
const Access = z.object({ access_level: z.number() }).nullish()
const Project = z.object({
  permissions: z.object({ project_access: Access, group_access: Access }).nullish(),
})

/** GET /personal_access_tokens/self, which project and group access tokens have too. */
export async function examineGitlabToken(
  ask: Ask,
  settings: Pick<ForgeSettings, 'url'>,
  repos: readonly string[],
): Promise<Omit<TokenReport, 'clockSkewMs'>> {
  const self = await ask('GET', '/personal_access_tokens/self')
  if (self.status === 401) {
    const fault = 'the token is not valid; it is expired, revoked or of another forge'
    return { faults: [fault], expiresAt: undefined }
  }
  const token = Token.safeParse(self.data).data ?? { scopes: [] }
  const faults = scopeFaults(token.scopes)
  for (const repo of repos) {
    const path = repoPath(repo, settings.url)
    const fault = path && (await projectFault(ask, path.join('/')))
    if (fault !== undefined) faults.push(fault)
  }
  const expires = Date.parse(token.expires_at ?? '')
  return { faults, expiresAt: Number.isNaN(expires) ? undefined : expires }
}

function scopeFaults(scopes: readonly string[]): string[] {
  if (scopes.includes('api')) return []
  const has = scopes.join(', ')
  return [`the token has not the scope api, which commit statuses need; it has ${has}`]
}

async function projectFault(ask: Ask, name: string): Promise<string | undefined> {
  const answer = await ask('GET', `/projects/${encodeURIComponent(name)}`)
  if (answer.status !== 200) return `the token does not see ${name}: ${answer.status}`
  const { permissions } = Project.parse(answer.data)
  const levels = [permissions?.project_access, permissions?.group_access]
    .filter((access) => access !== undefined && access !== null)
    .map((access) => access.access_level)
  // None told: an administrator, or a project that all may see.
  if (levels.length === 0 || Math.max(...levels) >= developer) return undefined
  return `the token's role in ${name} is too low to write commit statuses; Developer is enough`
}
