import { StageError } from '../domain/error.ts'
import type { SecuritySettings } from '../domain/settings.ts'

/** A repository's URL after every check that needs no network. */
export interface RepoAddress {
  readonly scheme: 'https' | 'http' | 'ssh' | 'file'
  /** What git is given: no password, token, query or fragment in it. */
  readonly url: string
  /** '' for file. IPv6 without brackets. */
  readonly host: string
  readonly port: number | undefined
}

type RepoSecurity = Pick<SecuritySettings, 'allowInsecureHttp' | 'allowLocalRepos'>

const maxLength = 2048

/** Throws SOURCE_REFUSED for what is no https or ssh URL, and for http and file unless allowed. */
export function parseRepoAddress(text: string, security: RepoSecurity): RepoAddress {
  const address = parseScp(text) ?? parseUrl(text)
  if (typeof address === 'string') throw refused(text, address)
  if (address.scheme === 'http' && !security.allowInsecureHttp) {
    throw refused(text, 'http is not encrypted; use https, or set security.allowInsecureHttp')
  }
  if (address.scheme === 'file' && !security.allowLocalRepos) {
    throw refused(text, 'local repositories are off; set security.allowLocalRepos')
  }
  return address
}

function refused(text: string, reason: string): StageError {
  return new StageError('SOURCE_REFUSED', `repository ${describeRepo(text)} is refused: ${reason}`)
}

/** The URL without what may hold a credential: user, password, query, fragment. */
export function describeRepo(text: string): string {
  const short = text.slice(0, 200).replace(/[^\x20-\x7e]/g, '?')
  const bare = short.replace(/^([a-zA-Z][a-zA-Z0-9+.-]*:\/\/)[^/]*@/, '$1')
  return bare.replace(/[?#].*$/, '')
}

// As git reads it: user@host:path, where a slash before the colon would make it a local path.
function parseScp(text: string): RepoAddress | undefined {
  const match = /^[A-Za-z0-9_][A-Za-z0-9._-]*@([A-Za-z0-9][A-Za-z0-9.-]*):([\w~/.+-]+)$/.exec(text)
  const [, host, path] = match ?? []
  if (host === undefined || path === undefined || path.startsWith('-')) return undefined
  if (text.length > maxLength) return undefined
  return { scheme: 'ssh', url: text, host, port: undefined }
}

function parseUrl(text: string): RepoAddress | string {
  const problem = checkSpelling(text)
  if (problem !== undefined) return problem
  const url = new URL(text)
  if (url.search !== '' || url.hash !== '') return 'a query or fragment has no meaning for git'
  if (url.pathname.replaceAll('/', '') === '') return 'it names no repository'
  const scheme = schemes.find((one) => url.protocol === `${one}:`)
  if (scheme === undefined) return 'its scheme is none of https, ssh, http, file'
  return checkAuthority(scheme, url) ?? addressOf(scheme, url)
}

const schemes = ['https', 'http', 'ssh', 'file'] as const

function addressOf(scheme: RepoAddress['scheme'], url: URL): RepoAddress {
  const port = url.port === '' ? undefined : Number(url.port)
  return { scheme, url: url.href, host: url.hostname.replace(/^\[|\]$/g, ''), port }
}

function checkSpelling(text: string): string | undefined {
  if (text.length > maxLength) return `it is longer than ${maxLength} characters`
  if (/[^\x21-\x7e]|\\|%[01]|%7f/i.test(text))
    return 'it holds a space, backslash or control character'
  if (!/^(?:(?:https?|ssh):\/\/[^/]|file:\/\/\/)/i.test(text) || !URL.canParse(text)) {
    return 'write https://host/path, ssh://user@host/path or user@host:path'
  }
  return undefined
}

// A host or user that begins with a dash would be an option of ssh (CVE-2017-1000117).
function checkAuthority(scheme: RepoAddress['scheme'], url: URL): string | undefined {
  if (url.password !== '' || (scheme !== 'ssh' && url.username !== '')) {
    return 'put the credential in credentials'
  }
  if (scheme === 'file') return url.hostname === '' ? undefined : 'a file URL names no host'
  if (!/^[A-Za-z0-9_[]/.test(url.hostname)) return 'its host is not a host name'
  if (!/^(?:[A-Za-z0-9_][A-Za-z0-9._-]*)?$/.test(url.username)) return 'its user is not a user name'
  return undefined
}
