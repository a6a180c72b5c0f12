import type { Manifest, Manifests } from '../read-manifests.ts'

const ours = new Set(['pre-install', 'post-install', 'pre-upgrade', 'post-upgrade', 'crd-install'])

/**
 * Leaves out what helm runs at another time than an install or upgrade: applying a pre-delete Job
 * would run the clean-up now. Each is a warning.
 */
export function dropHooks(manifests: Manifests): Manifests {
  const dropped = manifests.objects.filter(isForeignHook)
  if (dropped.length === 0) return manifests
  const warnings = dropped.map(({ object, line }) => {
    const hooks = object.metadata.annotations?.['helm.sh/hook']
    const message = `${object.kind} ${object.metadata.name} is a helm hook (${hooks}) and not applied`
    return { line, message }
  })
  return {
    ...manifests,
    objects: manifests.objects.filter((manifest) => !isForeignHook(manifest)),
    warnings: [...manifests.warnings, ...warnings],
  }
}

function isForeignHook({ object }: Manifest): boolean {
  const hooks = object.metadata.annotations?.['helm.sh/hook']
  if (hooks === undefined) return false
  return !hooks.split(',').some((hook) => ours.has(hook.trim()))
}
