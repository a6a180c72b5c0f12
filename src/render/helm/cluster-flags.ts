import type { Capabilities } from '../render.ts'

/** How a tool is told what the cluster is; kustomize puts `helm-` before the same names. */
export function clusterFlags(
  capabilities: Capabilities | undefined,
  prefix: '' | 'helm-',
): readonly string[] {
  if (capabilities === undefined) return []
  const { kubeVersion, apiVersions } = capabilities
  const kinds = apiVersions.flatMap((version) => [`--${prefix}api-versions`, version])
  return [`--${prefix}kube-version`, kubeVersion, ...kinds]
}
