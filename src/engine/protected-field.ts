// Fields whose removal would hurt more than the drift: replicas would fall to 1, a Service would
// lose its address, a volume its data, an object its finalizers.
const protectedPaths: readonly (readonly string[])[] = [
  ['f:metadata', 'f:finalizers'],
  ['f:metadata', 'f:ownerReferences'],
  ['f:spec', 'f:replicas'],
  ['f:spec', 'f:clusterIP'],
  ['f:spec', 'f:clusterIPs'],
  ['f:spec', 'f:ports', '*', 'f:nodePort'],
  ['f:spec', 'f:healthCheckNodePort'],
  ['f:spec', 'f:volumeName'],
  ['f:status'],
]

// In an emergency it has to stand on the object for a while: docs/witness.md.
const emergencyAnnotation = ['f:metadata', 'f:annotations', 'f:landfall.dev/emergency']

const restartAnnotation = ['f:spec', 'f:template', 'f:metadata', 'f:annotations']

/** Never removed as an extra, whoever owns it. `path` is a fieldsV1 path. */
export function isProtectedField(path: readonly string[]): boolean {
  return (
    protectedPaths.some((rule) => startsWith(path, rule)) ||
    startsWith(path, emergencyAnnotation) ||
    // `kubectl rollout restart` is an operation, not configuration.
    (path.length === restartAnnotation.length + 1 &&
      startsWith(path, restartAnnotation) &&
      path.at(-1)?.endsWith('/restartedAt') === true)
  )
}

function startsWith(path: readonly string[], rule: readonly string[]): boolean {
  return (
    path.length >= rule.length &&
    rule.every((segment, index) => segment === '*' || segment === path[index])
  )
}
