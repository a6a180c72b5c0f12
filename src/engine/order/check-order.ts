import type { Desired } from '../../domain/change.ts'
import { type ErrorSubject, StageError } from '../../domain/error.ts'
import { describeRef, type ObjectRef, refKey } from '../../domain/kube-object.ts'
import { more, subjectOf } from '../allow-list.ts'
import { findCycles } from './find-cycles.ts'
import { orderGraph } from './order-graph.ts'
import { readOrdering } from './ordering.ts'

const mostTold = 100

/**
 * Throws PLAN_ORDER_INVALID with all that is wrong in what the objects' annotations say of their
 * order: what cannot be read, what is not there, what waits for itself.
 */
export function checkOrder(desired: readonly Desired[]): void {
  const byKey = new Map(desired.map((item) => [refKey(item.ref), item]))
  const byName = new Map(desired.map((item) => [nameKey(item.ref), item]))
  let isOrdered = false
  const subjects = desired.flatMap((item) => {
    const { wave, dependsOn, problems } = readOrdering(item.object)
    isOrdered ||= dependsOn.length > 0 || wave !== 0
    const missing = dependsOn.filter((key) => !byKey.has(key))
    return [...problems, ...missing.map((key) => describeMissing(key, byName))].map((message) => ({
      ...subjectOf(item),
      message,
    }))
  })
  if (isOrdered) subjects.push(...circles(desired, byKey))
  const first = subjects[0]
  if (first === undefined) return
  const text = `${first.file}:${first.line}: ${first.object} ${first.message}${more(subjects.length - 1)}`
  throw new StageError('PLAN_ORDER_INVALID', text, { subjects: subjects.slice(0, mostTold) })
}

/** Whatever namespace it is in. */
function nameKey({ group, kind, name }: Pick<ObjectRef, 'group' | 'kind' | 'name'>): string {
  return `${group}/${kind}/${name}`
}

function describeMissing(key: string, byName: ReadonlyMap<string, Desired>): string {
  const [group = '', kind = '', namespace = '', name = ''] = key.split('/')
  const ref = { kind, namespace, name }
  const text = `depends on ${describeRef(ref)}, which is not among the objects of this application`
  const other = byName.get(nameKey({ group, kind, name }))
  if (other === undefined) return `${text}; add it, or correct the annotation`
  const { namespace: there } = other.ref
  const path =
    there === '' ? `${group}/${kind}/${name}` : `${group}/namespaces/${there}/${kind}/${name}`
  return `${text}; write ${path} for the one that is`
}

function circles(desired: readonly Desired[], byKey: ReadonlyMap<string, Desired>): Subject[] {
  return findCycles(orderGraph(desired)).flatMap((cycle) => {
    const members = cycle.flatMap((key) => byKey.get(key) ?? [])
    const first = members[0]
    if (first === undefined) return []
    const others = members.slice(1).map(describe)
    const message =
      others.length === 0
        ? 'has to wait for itself; correct its depends-on or its wave'
        : `and ${others.join(' and ')} wait for each other; take one depends-on or wave away`
    return [{ ...subjectOf(first), message }]
  })
}

type Subject = ErrorSubject & { readonly object?: string }

function describe({ ref, origin }: Desired): string {
  return `${describeRef(ref)} (${origin.file}:${origin.line})`
}
