import { createHash } from 'node:crypto'
import type { Application, GitCredentials } from '../domain/application.ts'
import { type CommitSha, shortSha } from '../domain/revision.ts'
import type { SecuritySettings } from '../domain/settings.ts'
import { branchRef, mirrorRef } from './ref-name.ts'
import { parseRepoAddress, type RepoAddress } from './repo-address.ts'

/** One branch, or one commit, of one repository as one credential sees it. */
export interface Remote {
  readonly address: RepoAddress
  readonly credentials: GitCredentials
  /** Full name at the remote, and in the mirror. */
  readonly branchRef: string
  readonly mirrorRef: string
  /** Not a branch but one commit, by its id. */
  readonly isPinned?: boolean
  /** Names the mirror: what one credential fetched, another never reads. */
  readonly key: string
  /** For people: repository and branch, no credential. */
  readonly title: string
}

/** Throws SOURCE_REFUSED for a URL or branch that must not reach git. */
export function remoteOf(
  application: Pick<Application, 'repo' | 'branch' | 'credentials'>,
  security: SecuritySettings,
): Remote {
  const address = parseRepoAddress(application.repo, security)
  return {
    address,
    credentials: application.credentials,
    branchRef: branchRef(application.branch),
    mirrorRef: mirrorRef(application.branch),
    key: hash([address.url, ...identity(application.credentials)]),
    title: `branch ${application.branch} of ${address.url}`,
  }
}

/** One commit of a repository that anybody may read. */
export function pinnedRemote(
  { repo, sha }: { readonly repo: string; readonly sha: CommitSha },
  security: SecuritySettings,
): Remote {
  const address = parseRepoAddress(repo, security)
  const credentials: GitCredentials = { kind: 'none' }
  return {
    address,
    credentials,
    branchRef: sha,
    mirrorRef: `refs/landfall/pins/${sha}`,
    isPinned: true,
    key: hash([address.url, ...identity(credentials)]),
    title: `commit ${shortSha(sha)} of ${address.url}`,
  }
}

function identity(credentials: GitCredentials): readonly string[] {
  switch (credentials.kind) {
    case 'none':
      return ['none']
    case 'token':
      return ['token', credentials.username, credentials.token.reveal()]
    case 'app':
      return ['app', credentials.app.apiUrl, String(credentials.app.installationId)]
    case 'ssh':
      return ['ssh', credentials.keyFile]
  }
}

function hash(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}
