import { isRefusedHost, refusedHostReason } from './refused-host.ts'

/** What git would do with a repository's URL, or why it is not given to git. */
export type RepoUrl =
  | { readonly kind: 'https' | 'http'; readonly origin: string; readonly host: string }
  | { readonly kind: 'ssh'; readonly host: string }
  | { readonly kind: 'file' }
  | { readonly kind: 'refused'; readonly reason: string }

const hint =
  'write a URL such as https://github.com/acme/deploy.git or git@github.com:acme/deploy.git'

/** Accepts https, http, ssh, scp-like and file URLs, and of those only what git reads one way. */
export function parseRepoUrl(text: string): RepoUrl {
  const odd = oddity(text)
  if (odd !== undefined) return refuse(odd)
  if (/^(?:https?|ssh|file):\/\//.test(text)) return parseUrl(text)
  const [, host, path] =
    /^[A-Za-z0-9_][A-Za-z0-9._-]*@([A-Za-z0-9][A-Za-z0-9.-]*):([\w~/.+-]+)$/.exec(text) ?? []
  if (host === undefined || path === undefined) return refuse(`not a repository URL, ${hint}`)
  // user@https://host/path: git would ask a host named https.
  if (path.startsWith('//')) return refuse(`a URL behind a user name, ${hint}`)
  if (path.startsWith('-')) return refuse(`the path begins with "-", ${hint}`)
  return withHost(host, { kind: 'ssh', host: host.toLowerCase() })
}

function oddity(text: string): string | undefined {
  if (text.length > 2048) return 'longer than 2048 characters'
  if (/[^\x21-\x7e]|\\|%[01]|%7f/i.test(text)) {
    return `contains a space, a backslash, a control character or one outside ASCII, ${hint}`
  }
  if (text.startsWith('-')) return `begins with "-", ${hint}`
  if (/(?:^|[/:])\.\.(?:\/|$)/.test(text)) return `contains "..", ${hint}`
  return undefined
}

function parseUrl(text: string): RepoUrl {
  if (text.startsWith('file:')) return parseFile(text)
  // The URL parser drops extra slashes, git does not.
  if (!/^[a-z]+:\/\/[^/]/.test(text) || !URL.canParse(text)) return refuse(`names no host, ${hint}`)
  const url = new URL(text)
  if (url.search !== '' || url.hash !== '') return refuse('has a query or a fragment, leave it out')
  if (url.pathname.replaceAll('/', '') === '') return refuse(`names no repository, ${hint}`)
  return url.protocol === 'ssh:' ? parseSsh(url) : parseHttp(url)
}

function parseHttp(url: URL): RepoUrl {
  if (url.username !== '' || url.password !== '') {
    return refuse('carries a credential, move it to credentials: {token: {env: NAME}}')
  }
  const kind = url.protocol === 'https:' ? 'https' : 'http'
  return withHost(url.hostname, { kind, origin: url.origin, host: url.hostname })
}

function parseSsh(url: URL): RepoUrl {
  if (url.password !== '') {
    return refuse('carries a password, use credentials: {sshKey: {file: …}, knownHosts: {file: …}}')
  }
  if (url.username !== '' && !/^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(url.username)) {
    return refuse(`the user is not a user name, ${hint}`)
  }
  return withHost(url.hostname, { kind: 'ssh', host: url.hostname.toLowerCase() })
}

function parseFile(text: string): RepoUrl {
  const isPath = /^file:\/\/\/[^?#]+$/.test(text) && URL.canParse(text)
  if (isPath && new URL(text).pathname.replaceAll('/', '') !== '') return { kind: 'file' }
  return refuse('not the absolute path of a repository, write file:///srv/git/deploy.git')
}

function withHost(host: string, url: RepoUrl): RepoUrl {
  if (!isHostName(host)) return refuse(`the host is not a host name, ${hint}`)
  return isRefusedHost(host) ? refuse(refusedHostReason) : url
}

function isHostName(host: string): boolean {
  if (!URL.canParse(`http://${host}/`)) return false
  return host.startsWith('[') || /^[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9.])?$/.test(host)
}

function refuse(reason: string): RepoUrl {
  return { kind: 'refused', reason }
}
