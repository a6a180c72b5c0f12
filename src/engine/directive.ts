import type { KubeObject } from '../domain/kube-object.ts'

/** What an object's own annotations ask of Landfall. */
export interface Directives {
  /** ignore: never write it · if-not-present: create it, then leave it alone. */
  readonly sync: 'always' | 'ignore' | 'if-not-present'
  readonly prune: boolean
}

/** Reads Landfall's annotations and those of Argo CD, Flux and Helm that mean the same. */
export function readDirectives(object: KubeObject): Directives {
  const annotations = object.metadata.annotations ?? {}
  return { sync: readSync(annotations), prune: readPrune(annotations) }
}

function readSync(annotations: Readonly<Record<string, string>>): Directives['sync'] {
  const own = annotations['landfall.dev/sync']
  if (own === 'ignore' || own === 'if-not-present') return own
  const flux = annotations['kustomize.toolkit.fluxcd.io/ssa']?.toLowerCase()
  if (flux === 'ignore') return 'ignore'
  if (flux === 'ifnotpresent') return 'if-not-present'
  return annotations['kustomize.toolkit.fluxcd.io/reconcile'] === 'disabled' ? 'ignore' : 'always'
}

function readPrune(annotations: Readonly<Record<string, string>>): boolean {
  const argo = (annotations['argocd.argoproj.io/sync-options'] ?? '')
    .split(',')
    .map((o) => o.trim())
  return !(
    annotations['landfall.dev/prune'] === 'disabled' ||
    annotations['kustomize.toolkit.fluxcd.io/prune'] === 'disabled' ||
    annotations['helm.sh/resource-policy'] === 'keep' ||
    argo.includes('Prune=false') ||
    argo.includes('Delete=false')
  )
}

const unsupported = ['landfall.dev/force']

/** Annotations that ask for what this version cannot do; the sync says so instead of guessing. */
export function unsupportedDirectives(object: KubeObject): string[] {
  return unsupported.filter((name) => object.metadata.annotations?.[name] !== undefined)
}
