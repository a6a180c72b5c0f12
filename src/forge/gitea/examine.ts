import { z } from 'zod'
import type { ForgeSettings } from '../../domain/settings.ts'
import { repoPath } from '../repo-path.ts'
import type { Ask, TokenReport } from '../token-report.ts'

const Repository = z.object({ permissions: z.object({ push: z.boolean() }).nullish() })

/** No commit has this id: nothing is written, whoever asks. */
const noCommit = '0'.repeat(40)
const probe = { state: 'pending', context: 'landfall/doctor', description: 'a probe' }

/** By what the token may do: Gitea tells the scopes of a token to nobody who only holds it. */
export async function examineGiteaToken(
  ask: Ask,
  settings: Pick<ForgeSettings, 'url'>,
  repos: readonly string[],
): Promise<Omit<TokenReport, 'clockSkewMs'>> {
  const faults: string[] = []
  for (const repo of repos) {
    const path = repoPath(repo, settings.url) ?? []
    if (path.length !== 2) continue
    const name = path.join('/')
    const seen = await ask('GET', `/repos/${name}`)
    if (seen.status === 401) {
      const fault = 'the token is not valid; it is revoked or of another forge'
      return { faults: [fault], expiresAt: undefined }
    }
    const fault =
      seen.status === 200 ? await writeFault(ask, name, seen.data) : readFault(seen, name)
    if (fault !== undefined) faults.push(fault)
  }
  return { faults, expiresAt: undefined }
}

function readFault({ status }: { readonly status: number }, name: string): string {
  return status === 403
    ? 'the token has not the scope read:repository'
    : `the token does not see ${name}: ${status}`
}

async function writeFault(ask: Ask, name: string, data: unknown): Promise<string | undefined> {
  const { permissions } = Repository.parse(data)
  if (permissions?.push === false) return `the token's user may not write to ${name}`
  const answer = await ask('POST', `/repos/${name}/statuses/${noCommit}`, probe)
  return answer.status === 403
    ? 'the token has not the scope write:repository, which commit statuses need'
    : undefined
}
