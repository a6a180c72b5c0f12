import type { ManagerRule } from '../domain/application.ts'
import type { ManagedFieldsEntry } from '../domain/kube-object.ts'

/** The name under which Landfall writes; `metadata.managedFields` keeps it. */
export const fieldManager = 'landfall'

/**
 * ours · deployer: another GitOps or release tool · human: a person's client · controller:
 * everything else, never touched.
 */
export type ManagerClass = 'ours' | 'deployer' | 'human' | 'controller'

const deployers = [
  'helm',
  'argocd-controller',
  'argocd-application-controller',
  'kustomize-controller',
  'helm-controller',
  'kapp',
  'kluctl',
  'pulumi',
  'terraform',
  'Terraform',
  'HashiCorp',
  'ansible',
]

/** Rules by which the known deployers count as people: what they made is to be taken over. */
export const releasedDeployers: readonly ManagerRule[] = deployers
  .flatMap((name) => [name, `${name}-*`])
  .map((match) => ({ match, class: 'human', paths: [] }))

// A client that names no manager is recorded by its User-Agent up to the first "/":
// node-fetch is Lens, OpenAPI-Generator the Python and Java clients.
const people = [
  'before-first-apply',
  'k9s',
  'rancher',
  'node-fetch',
  'Mozilla',
  'headlamp',
  'freelens',
  'OpenAPI-Generator',
  'python-requests',
  'curl',
  'okteto',
]

export function classifyManager(entry: ManagedFieldsEntry): ManagerClass {
  const manager = entry.manager ?? ''
  if (manager === fieldManager) return 'ours'
  if (deployers.some((name) => manager === name || manager.startsWith(`${name}-`)))
    return 'deployer'
  if (manager === 'kubectl' || manager.startsWith('kubectl-')) return 'human'
  return people.includes(manager) ? 'human' : 'controller'
}

export function isOurApply(entry: ManagedFieldsEntry): boolean {
  return (
    entry.manager === fieldManager &&
    entry.operation === 'Apply' &&
    (entry.subresource ?? '') === ''
  )
}
