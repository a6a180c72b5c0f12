import { describeRef, groupKind, refKey, refOf } from '../../domain/kube-object.ts'
import { deepFreeze } from '../deep-freeze.ts'
import { hookAnnotations } from '../normalize/identify.ts'
import { type LocatedProblem, problemsError } from '../problem.ts'
import type { RenderedObject } from '../render.ts'
import { varyingFields } from './varying-fields.ts'

interface Settled {
  readonly objects: readonly RenderedObject[]
  readonly warnings: readonly string[]
}

interface Pair {
  readonly one: RenderedObject
  /** undefined: the other render has none of the kind from that file. */
  readonly other: RenderedObject | undefined
}

/**
 * The objects of the first of several renders of the same, each with the fields that another one has
 * otherwise. Throws RENDER_REFUSED where an object has another name each time: it would be made, and
 * the last one deleted, at every sync. A hook gets the part of its name that stays.
 */
export function settleRenders(
  first: readonly RenderedObject[],
  others: readonly (readonly RenderedObject[])[],
): Settled {
  const problems: LocatedProblem[] = []
  let objects = first
  for (const other of others) {
    objects = pairsOf(objects, other).map((pair) => {
      const settled = settleOne(pair)
      if (settled === undefined) problems.push(nameless(pair.one))
      return settled ?? pair.one
    })
    if (problems.length > 0) throw problemsError(problems)
  }
  const warnings = objects.flatMap((object) =>
    object.unstable === undefined ? [] : [warningOf(object, object.unstable)],
  )
  return { objects: Object.freeze(objects), warnings }
}

/** undefined: it has no name that would do. */
function settleOne({ one, other }: Pair): RenderedObject | undefined {
  const named = other === undefined ? undefined : withOneName(one, other)
  if (named === undefined) return undefined
  const found = varyingFields(named.one.object, named.other.object)
  const unstable = [...new Set([...(one.unstable ?? []), ...found])]
  if (unstable.length === 0) return named.one
  return Object.freeze({ ...named.one, unstable: Object.freeze(unstable) })
}

function pairsOf(first: readonly RenderedObject[], second: readonly RenderedObject[]): Pair[] {
  const keyOf = ({ object }: RenderedObject) => refKey(refOf(object))
  const known = new Set(first.map(keyOf))
  const same = new Map(second.map((item) => [keyOf(item), item]))
  const renamed = Map.groupBy(
    second.filter((item) => !known.has(keyOf(item))),
    placeOf,
  )
  return first.map((one) => ({
    one,
    other: same.get(keyOf(one)) ?? renamed.get(placeOf(one))?.shift(),
  }))
}

function placeOf({ object, origin }: RenderedObject): string {
  return `${groupKind(refOf(object))} ${origin.file}`
}

/** Both under one name; undefined: there is none that would do. */
function withOneName(one: RenderedObject, other: RenderedObject) {
  const { name } = one.object.metadata
  if (name === other.object.metadata.name) return { one, other }
  const stable = commonStart(name, other.object.metadata.name).replace(/[-.]+$/, '')
  if (stable === '' || !isHook(one)) return undefined
  return { one: renamed(one, stable), other: renamed(other, stable) }
}

function renamed({ object, origin }: RenderedObject, name: string): RenderedObject {
  const metadata = { ...object.metadata, name }
  return Object.freeze({ object: deepFreeze({ ...object, metadata }), origin })
}

function isHook({ object }: RenderedObject): boolean {
  return hookAnnotations.some((name) => name in (object.metadata.annotations ?? {}))
}

function commonStart(one: string, other: string): string {
  let length = 0
  while (length < one.length && one[length] === other[length]) length += 1
  return one.slice(0, length)
}

function nameless({ object, origin }: RenderedObject): LocatedProblem {
  return {
    code: 'RENDER_REFUSED',
    ...origin,
    object: describeRef(refOf(object)),
    message: 'the chart gives it another name at every render; give it a fixed one',
  }
}

const toldFields = 5

function warningOf({ object, origin }: RenderedObject, unstable: readonly string[]): string {
  const told = unstable.slice(0, toldFields).join(', ')
  const more = unstable.length > toldFields ? ` and ${unstable.length - toldFields} more` : ''
  const what = describeRef(refOf(object))
  return `${origin.file}:${origin.line}: ${what}: ${told}${more} differ at every render; what the cluster has of them stays`
}
