/**
 * One spelling for all the ways people write a repository's URL, so that two of them can be
 * compared by equality: `https://github.com/Acme/Deploy.git`, `git@github.com:acme/deploy` and
 * `ssh://git@github.com:22/acme/deploy/` are one. Host and path are lower-cased because the three
 * forges treat them so. Returns undefined for what is no repository URL. The result is only ever
 * compared, never fetched.
 */
export function normalizeRepoUrl(text: string): string | undefined {
  if (!text.includes('://')) return normalizeScp(text)
  if (!URL.canParse(text)) return undefined
  const { protocol, hostname, port, pathname } = new URL(text)
  if (protocol === 'file:') return `file://${trimPath(pathname)}`
  if (!['https:', 'http:', 'ssh:'].includes(protocol) || hostname === '') return undefined
  const isDefaultPort = protocol === 'ssh:' && port === '22'
  return join(hostname, isDefaultPort ? '' : port, pathname)
}

/** `git@github.com:acme/deploy`: user, host and path as scp takes them. */
function normalizeScp(text: string): string | undefined {
  const scp = /^(?:[A-Za-z0-9._-]+@)?([A-Za-z0-9.-]+):(?!\/)([^\s:][^\s]*)$/.exec(text)
  const [, host, path] = scp ?? []
  return host === undefined || path === undefined ? undefined : join(host, '', path)
}

function join(host: string, port: string, path: string): string {
  return `${host}${port === '' ? '' : `:${port}`}/${trimPath(path)}`.toLowerCase()
}

function trimPath(path: string): string {
  let end = path.length
  while (end > 0 && path[end - 1] === '/') end -= 1
  const trimmed = path.slice(0, end).replace(/^\/+/, '')
  return trimmed.endsWith('.git') ? trimmed.slice(0, -4) : trimmed
}
