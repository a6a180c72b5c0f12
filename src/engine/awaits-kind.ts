import type { KubeObject } from '../domain/kube-object.ts'

/**
 * Whether a controller makes its kind, from an object that comes before it: Argo CD's sync option
 * says so.
 */
export function awaitsKind({ metadata }: Pick<KubeObject, 'metadata'>): boolean {
  const options = metadata.annotations?.['argocd.argoproj.io/sync-options'] ?? ''
  return options.split(',').some((one) => one.trim() === 'SkipDryRunOnMissingResource=true')
}
