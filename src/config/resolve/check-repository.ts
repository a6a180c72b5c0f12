import type { ForgeSettings, SecuritySettings } from '../../domain/settings.ts'
import type { Findings } from '../findings.ts'
import { parseRepoUrl, type RepoUrl } from '../parse-repo-url.ts'
import type { Path } from '../problem.ts'

interface RepositoryContext {
  readonly forge: ForgeSettings | undefined
  readonly security: SecuritySettings
  readonly findings: Findings
}

/** What the schema cannot know: whether `security` allows it, whether the forge can name it. */
export function checkRepository(repo: string, path: Path, context: RepositoryContext): RepoUrl {
  const { forge, security, findings } = context
  const url = parseRepoUrl(repo)
  if (url.kind === 'http' && !security.allowInsecureHttp) {
    findings.problem(
      path,
      'http is neither private nor authentic, write https or set security.allowInsecureHttp: true',
    )
  }
  if (url.kind === 'file' && !security.allowLocalRepos) {
    findings.problem(
      path,
      'local repositories are refused, write https or set security.allowLocalRepos: true',
    )
  }
  if (forge !== undefined && 'host' in url && url.host !== new URL(forge.url).hostname) {
    findings.warning(
      path,
      `no webhook of forge ${forge.key} will ever name it: it is on ${url.host}, the forge on ${new URL(forge.url).hostname}`,
    )
  }
  return url
}
