import type { Desired } from '../domain/change.ts'
import type { ErrorCode, StageError } from '../domain/error.ts'
import { type ObjectRef, refKey } from '../domain/kube-object.ts'
import { accountOf, referencesOf } from './order/references.ts'
import { defines } from './place-objects.ts'

type Causes = (coming: Desired, refused: Desired) => boolean

/** Whether it is the namespace, or the CRD, of that object. */
export function isHomeOf({ ref, object }: Desired, other: ObjectRef): boolean {
  return isNamespaceOf(ref, other) || defines(object, other)
}

/** Whether what an API server admits hangs on it: a webhook, a policy, or the binding of one. */
export function isAdmissionRule({ group }: Pick<ObjectRef, 'group'>): boolean {
  return group === 'admissionregistration.k8s.io'
}

const isMissed: Causes = (coming, { ref }) => {
  const { group, kind } = coming.ref
  const isRole = group === 'rbac.authorization.k8s.io' && kind.endsWith('Role')
  return (isRole && ref.kind.endsWith('RoleBinding')) || isHomeOf(coming, ref)
}

const podClasses: readonly string[] = ['PriorityClass', 'RuntimeClass']
const namespaceLimits: readonly string[] = ['ResourceQuota', 'LimitRange']

const decidesAdmission: Causes = ({ ref }, refused) => {
  if (isAdmissionRule(ref) || isNamespaceOf(ref, refused.ref)) return true
  if (podClasses.includes(ref.kind)) return referencesOf(refused).includes(refKey(ref))
  if (ref.group !== '') return false
  if (ref.kind === 'ServiceAccount') return accountOf(refused) === `${ref.namespace}/${ref.name}`
  return namespaceLimits.includes(ref.kind) && ref.namespace === refused.ref.namespace
}

const causes: Partial<Record<ErrorCode, Causes>> = {
  OBJECT_NOT_FOUND: isMissed,
  OBJECT_TERMINATING: isMissed,
  CLUSTER_FORBIDDEN: isMissed,
  PLAN_UNKNOWN_KIND: isMissed,
  OBJECT_INVALID: ({ object }, { ref }) => defines(object, ref),
  ADMISSION_DENIED: decidesAdmission,
}

/**
 * Whether the server may take the object once the others have been written: one of them is what its
 * refusal hangs on.
 */
export function isDeferrable(
  error: StageError,
  refused: Desired,
  coming: readonly Desired[],
): boolean {
  const mayCause = causes[error.code]
  return mayCause !== undefined && coming.some((one) => mayCause(one, refused))
}

function isNamespaceOf(ref: ObjectRef, other: ObjectRef): boolean {
  return ref.group === '' && ref.kind === 'Namespace' && ref.name === other.namespace
}
