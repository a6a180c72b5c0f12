import type { Application } from '../domain/application.ts'
import type { Desired } from '../domain/change.ts'
import { type ErrorSubject, StageError } from '../domain/error.ts'
import { describeRef, groupKind, type ObjectRef } from '../domain/kube-object.ts'

/**
 * Throws PLAN_NOT_ALLOWED with every object that the operator's `allow` does not cover, and the
 * line to add. Checked after namespaces are defaulted, so that none slips in by leaving it out.
 */
export function checkAllowed(
  application: Application,
  desired: readonly Desired[],
  ownNamespace: string,
): void {
  const subjects = desired.flatMap((item) => {
    const reason = refuse(application, item.ref, ownNamespace)
    return reason === undefined ? [] : [{ ...subjectOf(item), message: reason }]
  })
  const first = subjects[0]
  if (first === undefined) return
  throw new StageError(
    'PLAN_NOT_ALLOWED',
    `${first.object}: ${first.message}${more(subjects.length - 1)}`,
    { subjects },
  )
}

/** Whether the operator lets the application have such an object. */
export function isAllowed(application: Application, ref: ObjectRef, ownNamespace: string): boolean {
  return refuse(application, ref, ownNamespace) === undefined
}

function refuse(
  { allow, name }: Application,
  ref: ObjectRef,
  ownNamespace: string,
): string | undefined {
  const kind = groupKind(ref)
  if (ref.namespace === ownNamespace || (ref.kind === 'Namespace' && ref.name === ownNamespace)) {
    return `namespace ${ownNamespace} is Landfall's own and closed to every application; move the object`
  }
  if (matchesKind(allow.denyKinds, kind)) {
    return `kind ${kind} is denied; remove it from applications.${name}.allow.denyKinds or from Git`
  }
  if (ref.namespace === '') {
    return matchesKind(allow.clusterKinds, kind)
      ? undefined
      : `cluster-scoped kind ${kind} is not allowed; add it: applications.${name}.allow.clusterKinds: [${kind}]`
  }
  return allow.namespaces.includes(ref.namespace) || allow.namespaces.includes('*')
    ? undefined
    : `namespace ${ref.namespace} is not allowed; add it: applications.${name}.allow.namespaces: [${ref.namespace}]`
}

function matchesKind(kinds: readonly string[], kind: string): boolean {
  return kinds.includes('*') || kinds.includes(kind)
}

export function subjectOf({
  ref,
  origin,
}: Pick<Desired, 'ref' | 'origin'>): Omit<ErrorSubject, 'message'> {
  return { object: describeRef(ref), file: origin.file, line: origin.line }
}

export function more(count: number): string {
  return count > 0 ? ` (and ${count} more)` : ''
}
