import type { KubeObject } from '../domain/kube-object.ts'

/** What an object's own annotations ask of Landfall. */
export interface Directives {
  /** ignore: never write it · if-not-present: create it, then leave it alone. */
  readonly sync: 'always' | 'ignore' | 'if-not-present'
  readonly prune: boolean
  /** recreate: where a field cannot be changed, it is deleted and made anew. */
  readonly force: 'recreate' | 'never'
}

/** Reads Landfall's annotations and those of Argo CD, Flux and Helm that mean the same. */
export function readDirectives(object: KubeObject): Directives {
  const annotations = object.metadata.annotations ?? {}
  return {
    sync: readSync(annotations),
    prune: readPrune(annotations),
    force: readForce(object, annotations),
  }
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
  const argo = syncOptions(annotations)
  return !(
    annotations['landfall.dev/prune'] === 'disabled' ||
    annotations['kustomize.toolkit.fluxcd.io/prune'] === 'disabled' ||
    annotations['helm.sh/resource-policy'] === 'keep' ||
    argo.includes('Prune=false') ||
    argo.includes('Delete=false')
  )
}

function readForce(
  object: KubeObject,
  annotations: Readonly<Record<string, string>>,
): Directives['force'] {
  const own = annotations['landfall.dev/force']
  if (own === 'recreate' || own === 'never') return own
  const argo = syncOptions(annotations)
  if (argo.includes('Replace=true') || argo.includes('Force=true')) return 'recreate'
  const flux = annotations['kustomize.toolkit.fluxcd.io/force']?.toLowerCase()
  if (flux === 'enabled') return 'recreate'
  // A Job cannot be changed at all, and changing it means to run it again.
  return object.kind === 'Job' && object.apiVersion.startsWith('batch/') ? 'recreate' : 'never'
}

function syncOptions(annotations: Readonly<Record<string, string>>): string[] {
  const options = annotations['argocd.argoproj.io/sync-options'] ?? ''
  return options.split(',').map((option) => option.trim())
}
