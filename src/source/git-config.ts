import type { GitCredentials } from '../domain/application.ts'
import type { RepoAddress } from './repo-address.ts'

/**
 * All the configuration git gets, besides the mirror's own. Hooks, helpers, filters, redirects and
 * every protocol are off (the environment allows one), and what a server sends is checked object
 * by object. Three old faults are let pass, as GitLab's Gitaly does: whole histories hold them.
 * Nothing waits for the disk: what a power failure damages is found by its checksum and fetched anew.
 */
export function baseConfig(emptyDir: string): string {
  return `[core]
  hooksPath = /dev/null
  attributesFile = /dev/null
  fsmonitor = false
  symlinks = false
  filesRefLockTimeout = 2000
  fsync = none
[init]
  templateDir = ${quote(emptyDir)}
  defaultBranch = main
[credential]
  helper =
[protocol]
  allow = never
[transfer]
  fsckObjects = true
  bundleURI = false
[fetch]
  fsckObjects = true
  recurseSubmodules = false
[fetch "fsck"]
  badTimezone = ignore
  missingSpaceBeforeDate = ignore
  zeroPaddedFilemode = ignore
[submodule]
  recurse = false
[http]
  followRedirects = false
  lowSpeedLimit = 1000
  lowSpeedTime = 30
[gc]
  autoDetach = false
  pruneExpire = 30.days.ago
`
}

/** What one fetch needs besides: who asks, and where its host really is. */
export function remoteConfig(
  address: RepoAddress,
  credentials: GitCredentials,
  addresses: readonly string[],
): string {
  if (address.scheme === 'ssh') return sshConfig(credentials)
  if (address.scheme === 'file') return ''
  return resolveConfig(address, addresses) + tokenConfig(address, credentials)
}

// Sent at once and to this URL only; git's own helpers would first ask without it.
function tokenConfig(address: RepoAddress, credentials: GitCredentials): string {
  if (credentials.kind !== 'token') return ''
  const pair = `${credentials.username}:${credentials.token.reveal()}`
  const basic = Buffer.from(pair).toString('base64')
  return `[http ${quote(address.url)}]\n  extraHeader = "Authorization: Basic ${basic}"\n`
}

function resolveConfig(address: RepoAddress, addresses: readonly string[]): string {
  if (addresses.length === 0 || addresses.includes(address.host)) return ''
  const port = address.port ?? (address.scheme === 'https' ? 443 : 80)
  const list = addresses.map((one) => (one.includes(':') ? `[${one}]` : one)).join(',')
  return `[http]\n  curloptResolve = ${quote(`${address.host}:${port}:${list}`)}\n`
}

function sshConfig(credentials: GitCredentials): string {
  const key = credentials.kind === 'ssh' ? credentials : undefined
  const options = [
    'BatchMode=yes',
    'StrictHostKeyChecking=yes',
    `UserKnownHostsFile=${sshQuote(key?.knownHostsFile ?? '/dev/null')}`,
    'GlobalKnownHostsFile=/dev/null',
    'IdentitiesOnly=yes',
    'IdentityAgent=none',
    'PreferredAuthentications=publickey',
    'ForwardAgent=no',
    'ClearAllForwardings=yes',
    'PermitLocalCommand=no',
    'ConnectTimeout=20',
    'ServerAliveInterval=15',
    'ServerAliveCountMax=2',
  ]
  const identity = key === undefined ? [] : ['-i', shellQuote(key.keyFile)]
  const words = ['ssh', '-F', '/dev/null', ...identity]
  for (const option of options) words.push('-o', shellQuote(option))
  return `[core]\n  sshCommand = ${quote(words.join(' '))}\n[ssh]\n  variant = ssh\n`
}

// ssh splits this option's value at spaces, since it takes several files.
function sshQuote(file: string): string {
  return `"${file}"`
}

function shellQuote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}

function quote(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`
}
