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
  return { sync: readSync(object), prune: readPrune(object), force: readForce(object) }
}

/**
 * Whether a controller makes its kind, from an object that comes before it: Argo CD's sync option
 * says so.
 */
export function awaitsKind(object: Pick<KubeObject, 'metadata'>): boolean {
  return syncOptions(annotationsOf(object)).includes('SkipDryRunOnMissingResource=true')
}

function readSync(object: KubeObject): Directives['sync'] {
  const own = annotationsOf(object)['landfall.dev/sync']
  if (own === 'ignore' || own === 'if-not-present') return own
  if (isMarked(object, 'ssa', 'ignore')) return 'ignore'
  if (isMarked(object, 'ssa', 'ifnotpresent')) return 'if-not-present'
  return isMarked(object, 'reconcile', 'disabled') ? 'ignore' : 'always'
}

// Who wants to be asked before a deletion is never deleted from: nobody is there to ask.
const argoKeeps = ['Prune=false', 'Prune=confirm', 'Delete=false', 'Delete=confirm']

function readPrune(object: KubeObject): boolean {
  const annotations = annotationsOf(object)
  return !(
    annotations['landfall.dev/prune'] === 'disabled' ||
    annotations['helm.sh/resource-policy'] === 'keep' ||
    isMarked(object, 'prune', 'disabled') ||
    syncOptions(annotations).some((option) => argoKeeps.includes(option))
  )
}

function readForce(object: KubeObject): Directives['force'] {
  const annotations = annotationsOf(object)
  const own = annotations['landfall.dev/force']
  if (own === 'recreate' || own === 'never') return own
  // Replace=true alone is a PUT of the whole object in Argo CD, which deletes nothing.
  if (syncOptions(annotations).includes('Force=true')) return 'recreate'
  if (isMarked(object, 'force', 'enabled')) return 'recreate'
  // A Job cannot be changed at all, and changing it means to run it again.
  return object.kind === 'Job' && object.apiVersion.startsWith('batch/') ? 'recreate' : 'never'
}

/** Flux takes an annotation and a label for the same: pkg/ssa, AnyInMetadata. */
function isMarked({ metadata }: KubeObject, name: string, value: string): boolean {
  const key = `kustomize.toolkit.fluxcd.io/${name}`
  const { annotations = {}, labels = {} } = metadata
  return [annotations[key], labels[key]].some((found) => found?.toLowerCase() === value)
}

function annotationsOf({
  metadata,
}: Pick<KubeObject, 'metadata'>): Readonly<Record<string, string>> {
  return metadata.annotations ?? {}
}

function syncOptions(annotations: Readonly<Record<string, string>>): string[] {
  const options = annotations['argocd.argoproj.io/sync-options'] ?? ''
  return options.split(',').map((option) => option.trim())
}
