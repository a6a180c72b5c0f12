import type { Secret } from './secret.ts'

/** One archive of a chart in a repository, and no other. */
export interface ChartRef {
  /** As Helm writes it: https://…, oci://… */
  readonly repository: string
  readonly name: string
  readonly version: string
  /** Of the archive; 64 hexadecimal digits. */
  readonly sha256: string
}

/** Where the operator lets charts be fetched from. */
export interface ChartRepository {
  readonly url: string
  readonly credentials: { readonly username: string; readonly token: Secret } | undefined
}

/** How a repository is spoken to. */
export interface ChartAddress {
  readonly kind: 'index' | 'registry'
  /** http or https, without a slash at the end. */
  readonly base: string
}

// Nothing that a URL parser and another could read in two ways.
const written =
  /^(https?|oci|oci\+http):\/\/((?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?(?:\/[\w.~-]+)*)\/?$/i

/** undefined: it is none. `oci+http` is a registry without TLS. */
export function parseChartAddress(text: string): ChartAddress | undefined {
  const [, scheme, rest] = written.exec(text) ?? []
  if (scheme === undefined || rest === undefined || /\/\.{1,2}(?:\/|$)/.test(rest)) return undefined
  const href = `${/http$/i.test(scheme) ? 'http' : 'https'}://${rest}`
  if (!URL.canParse(href)) return undefined
  const kind = /^oci/i.test(scheme) ? 'registry' : 'index'
  return { kind, base: new URL(href).href.replace(/\/$/, '') }
}

export interface FoundRepository {
  readonly address: ChartAddress
  readonly repository: ChartRepository
}

/** The repository that `url` is, or the nearest one it lies below; undefined: none of them. */
export function findRepository(
  repositories: readonly ChartRepository[],
  url: string,
): FoundRepository | undefined {
  const wanted = parseChartAddress(url)
  if (wanted === undefined) return undefined
  const found = repositories.flatMap((repository) => {
    const allowed = parseChartAddress(repository.url)
    if (allowed?.kind !== wanted.kind || !isBelow(place(allowed), place(wanted))) return []
    return [{ repository, allowed }]
  })
  const [nearest] = found.toSorted(
    (one, other) => place(other.allowed).length - place(one.allowed).length,
  )
  if (nearest === undefined) return undefined
  const { repository, allowed } = nearest
  // Chart.yaml knows no word for a registry without TLS.
  const scheme = allowed.base.slice(0, allowed.base.indexOf(':'))
  const base = wanted.kind === 'registry' ? `${scheme}:${bare(wanted.base)}` : wanted.base
  return { address: { kind: wanted.kind, base }, repository }
}

function place({ kind, base }: ChartAddress): string {
  return kind === 'registry' ? bare(base) : base
}

function bare(base: string): string {
  return base.slice(base.indexOf(':') + 1)
}

function isBelow(parent: string, url: string): boolean {
  return url === parent || url.startsWith(`${parent}/`)
}
