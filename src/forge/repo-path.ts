/**
 * Path segments of a configured repository below its forge: `https://git.example.com/gitlab/acme/deploy.git`
 * with a forge at `https://git.example.com/gitlab` is `acme`, `deploy`. undefined: it has none.
 */
export function repoPath(repo: string, forgeUrl: string): readonly string[] | undefined {
  const path = pathOf(repo)
  if (path === undefined) return undefined
  const base = /^https?:/i.test(repo) ? segmentsOf(new URL(forgeUrl).pathname) : []
  const segments = segmentsOf(path)
  const below = base.every((segment, index) => segments[index] === segment)
    ? segments.slice(base.length)
    : segments
  const last = below.at(-1)
  if (last === undefined) return undefined
  return [...below.slice(0, -1), last.endsWith('.git') ? last.slice(0, -4) : last]
}

function pathOf(repo: string): string | undefined {
  if (URL.canParse(repo) && repo.includes('://')) {
    const url = new URL(repo)
    return ['https:', 'http:', 'ssh:'].includes(url.protocol)
      ? decodeURIComponent(url.pathname)
      : undefined
  }
  return /^(?:[^@/\s]+@)?[^:/\s]+:(.+)$/.exec(repo)?.[1]
}

function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '')
}
