import type { ManagedFieldsEntry } from '../../domain/kube-object.ts'
import { matchesPattern } from '../../domain/name-pattern.ts'
import { fieldManager, isOurApply } from '../manager-class.ts'
import type { AdmissionRequest } from './admission-review.ts'

/**
 * A part of Kubernetes or of its provider: kubelets, controllers, the garbage collector, the
 * autoscaler, which GKE runs as `system:vpa-recommender`. Kubernetes keeps `system:` for itself, and
 * EKS `eks:`, but for a few names that people have.
 */
export function isSystem({ username, groups }: AdmissionRequest['userInfo']): boolean {
  if (groups.includes('system:nodes')) return true
  if (isServiceAccount(username)) return username.startsWith('system:serviceaccount:kube-system:')
  if (people.includes(username) || username.startsWith('system:bootstrap:')) return false
  return username.startsWith('system:') || username.startsWith('eks:')
}

// The administrator of k3s and OpenShift, and what certificates made by hand are called.
const people = ['system:admin', 'system:masters', 'system:anonymous']

export function isServiceAccount(username: string): boolean {
  return username.startsWith('system:serviceaccount:')
}

/**
 * Whether Landfall itself asks. People may work as the same user, so what it alone does counts too:
 * its field manager, and the uid that guards each of its deletes.
 */
export function isOurs(request: AdmissionRequest, users: ReadonlySet<string>): boolean {
  return users.has(request.userInfo.username) && looksLikeOurs(request)
}

/** Whoever asks. */
export function looksLikeOurs({ operation, options }: AdmissionRequest): boolean {
  return operation === 'DELETE'
    ? options?.preconditions?.uid !== undefined
    : options?.fieldManager === fieldManager
}

/**
 * The program that writes: as it is named or, where it names itself not, as the object's managedFields
 * call it, from its User-Agent. '': nothing tells.
 */
export function managerOf({ operation, options, object, oldObject }: AdmissionRequest): string {
  const named = options?.fieldManager ?? ''
  if (named !== '' || operation !== 'UPDATE') return named
  return writerOf(object, oldObject)?.manager ?? ''
}

/** Who loses a field to it keeps its time. */
function writerOf(
  object: AdmissionRequest['object'],
  oldObject: AdmissionRequest['oldObject'],
): ManagedFieldsEntry | undefined {
  const before = oldObject?.metadata?.managedFields ?? []
  const isKnown = (entry: ManagedFieldsEntry) =>
    before.some((old) => old.time === entry.time && isSameWriter(old, entry))
  return object?.metadata?.managedFields?.find((entry) => !isOurApply(entry) && !isKnown(entry))
}

function isSameWriter(a: ManagedFieldsEntry, b: ManagedFieldsEntry): boolean {
  return (
    a.manager === b.manager &&
    a.operation === b.operation &&
    a.apiVersion === b.apiVersion &&
    a.subresource === b.subresource
  )
}

/** Who of a list of patterns the requester is; undefined: none. */
export function exemptBy(
  { username, groups }: AdmissionRequest['userInfo'],
  exempt: { readonly users: readonly string[]; readonly groups: readonly string[] },
): string | undefined {
  if (exempt.users.some((pattern) => matchesPattern(pattern, username))) {
    return `the user ${username} is exempt`
  }
  const group = groups.find((one) => exempt.groups.some((pattern) => matchesPattern(pattern, one)))
  return group === undefined ? undefined : `the group ${group} is exempt`
}
