import { matchesPattern } from '../../domain/name-pattern.ts'
import { fieldManager } from '../manager-class.ts'
import type { AdmissionRequest } from './admission-review.ts'

/**
 * A part of Kubernetes itself: kubelets, controllers, the garbage collector, the autoscaler. A
 * person may be called `system:admin`, so the prefix alone says nothing.
 */
export function isSystem({ username, groups }: AdmissionRequest['userInfo']): boolean {
  return (
    groups.includes('system:nodes') ||
    username === 'system:apiserver' ||
    username === 'system:cloud-controller-manager' ||
    ['system:node:', 'system:kube-', 'system:serviceaccount:kube-system:'].some((prefix) =>
      username.startsWith(prefix),
    )
  )
}

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
