import type { GitCredentials } from '../../domain/application.ts'
import type { Role } from '../../domain/role.ts'
import { does } from '../../domain/role.ts'
import type { ForgeSettings } from '../../domain/settings.ts'
import type { Findings } from '../findings.ts'
import type { RepoUrl } from '../parse-repo-url.ts'
import type { Path } from '../problem.ts'
import type { Credentials } from '../schema/credentials.ts'
import type { SecretReader } from '../secret-reader.ts'

export interface CredentialsContext {
  readonly url: RepoUrl
  readonly forge: ForgeSettings | undefined
  readonly role: Role | undefined
  readonly secrets: SecretReader
  readonly findings: Findings
}

const none: GitCredentials = { kind: 'none' }
const sshHint = '{sshKey: {file: …}, knownHosts: {file: …}}'

/**
 * How git reads the repository: what is configured, else the token of the forge it is on. A
 * receiver reads none.
 */
export async function resolveCredentials(
  credentials: Credentials | undefined,
  path: Path,
  context: CredentialsContext,
): Promise<GitCredentials> {
  const fault = misfit(credentials, context.url)
  if (fault !== undefined) context.findings.problem(path, fault)
  if (!does(context.role, 'worker')) return none
  if (credentials === undefined) return fromForge(context)
  return 'token' in credentials
    ? await withToken(credentials.token, path, context)
    : await withSshKey(credentials, path, context)
}

function misfit(credentials: Credentials | undefined, url: RepoUrl): string | undefined {
  if (credentials === undefined) {
    return url.kind === 'ssh' ? `missing, a repository over ssh needs ${sshHint}` : undefined
  }
  if (url.kind === 'file') return 'a local repository is read without, leave it out'
  if (url.kind === 'ssh' && 'token' in credentials) {
    return `a token is for https, write ${sshHint} or the https URL of the repository`
  }
  if (url.kind !== 'ssh' && url.kind !== 'refused' && 'sshKey' in credentials) {
    return 'an ssh key is for ssh, write {token: {env: NAME}} or the ssh URL of the repository'
  }
  return undefined
}

// The token, or the App's, goes to the scheme, host and port of the forge and nowhere else.
function fromForge({ url, forge }: CredentialsContext): GitCredentials {
  if (forge === undefined || !('origin' in url)) return none
  if (url.origin !== new URL(forge.url).origin) return none
  if (forge.app !== undefined) return { kind: 'app', app: forge.app }
  if (forge.token === undefined) return none
  return { kind: 'token', username: usernameFor(forge), token: forge.token }
}

async function withToken(
  ref: Extract<Credentials, { token: unknown }>['token'],
  path: Path,
  { forge, secrets }: CredentialsContext,
): Promise<GitCredentials> {
  const token = await secrets.read(ref, [...path, 'token'])
  return token === undefined ? none : { kind: 'token', username: usernameFor(forge), token }
}

async function withSshKey(
  { sshKey, knownHosts }: Extract<Credentials, { sshKey: unknown }>,
  path: Path,
  { secrets }: CredentialsContext,
): Promise<GitCredentials> {
  const keyFile = await secrets.file(sshKey, [...path, 'sshKey'])
  const knownHostsFile = await secrets.file(knownHosts, [...path, 'knownHosts'])
  return keyFile === undefined || knownHostsFile === undefined
    ? none
    : { kind: 'ssh', keyFile, knownHostsFile }
}

// What the forges document beside a token; where none is configured most take any name.
function usernameFor(forge: ForgeSettings | undefined): string {
  return forge?.type === 'gitlab' ? 'oauth2' : 'x-access-token'
}
