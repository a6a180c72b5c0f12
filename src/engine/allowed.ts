import type { AllowedDifference } from '../domain/allowed-difference.ts'
import type { ManagerRule } from '../domain/application.ts'
import type { Desired } from '../domain/change.ts'
import { type KubeObject, type ObjectRef, refKey } from '../domain/kube-object.ts'
import { canonicalJson } from './canonical-json.ts'
import { readDirectives } from './directive.ts'
import { type ExtraField, findControllerFields, findExtraFields } from './extra-fields.ts'
import { ignoredPointers, isIgnored } from './ignored-field.ts'
import { parsePointer, valueAt } from './json-pointer.ts'
import type { MaskField } from './mask-secret.ts'
import { diffObjects } from './object-diff.ts'
import { offenderOf, toOffender } from './offender.ts'
import { payloadFor, scalersOf } from './payload.ts'
import type { Target } from './target.ts'

/** Of one object, and of a whole application: what is more says nothing new. */
const mostOfOne = 10
const mostOfAll = 100
const longestValue = 200
const replicas = '/spec/replicas'

/**
 * What a look found different from Git and leaves so, with who owns it; of objects that were not
 * looked at, what the last one found. Asks nothing.
 */
export function allowedDifferences(
  { application, mask }: Pick<Target, 'application' | 'mask'>,
  desired: readonly Desired[],
  {
    live,
    known,
  }: {
    readonly live: ReadonlyMap<string, KubeObject>
    readonly known: readonly AllowedDifference[]
  },
): AllowedDifference[] {
  const before = Map.groupBy(known, ({ ref }) => refKey(ref))
  const found = desired.flatMap((item) => {
    if (readDirectives(item.object).sync !== 'always') return []
    const object = live.get(refKey(item.ref))
    if (object === undefined) return before.get(refKey(item.ref)) ?? []
    const ignored = ignoredPointers(application.ignore, item.ref)
    const context = { ignored, rules: application.managers, mask }
    return scaledFirst(allowedIn(item, object, context)).slice(0, mostOfOne)
  })
  return scaledFirst(found).slice(0, mostOfAll)
}

/** A push goes by them, see `scaledKeys`. */
function scaledFirst(all: readonly AllowedDifference[]): AllowedDifference[] {
  return all.toSorted((a, b) => Number(b.reason === 'scaled') - Number(a.reason === 'scaled'))
}

/** `refKey` of the objects whose replicas a controller has set. */
export function scaledKeys(allowed: readonly AllowedDifference[]): ReadonlySet<string> {
  return new Set(allowed.flatMap(({ ref, reason }) => (reason === 'scaled' ? [refKey(ref)] : [])))
}

interface Context {
  readonly ignored: readonly string[]
  readonly rules: readonly ManagerRule[]
  readonly mask: MaskField
}

function allowedIn(
  { ref, object }: Desired,
  live: KubeObject,
  context: Context,
): AllowedDifference[] {
  return [
    ...declaredIn({ ref, object }, live, context),
    ...addedIn({ ref, object }, live, context),
    ...controllersIn(ref, live, context),
  ]
}

/** Fields that Git has, and that an apply would leave as they are. */
function declaredIn(
  { ref, object }: Pick<Desired, 'ref' | 'object'>,
  live: KubeObject,
  { ignored, rules, mask }: Context,
): AllowedDifference[] {
  const scaler = scalersOf(live, rules)[0]
  if (ignored.length === 0 && scaler === undefined) return []
  const sent = payloadFor({ object }, live, ignored, rules)
  return diffObjects(object, sent).flatMap(({ path, before, after }): AllowedDifference[] => {
    const isReplicas = path === replicas
    // Left out of what is sent, or taken from the live object.
    const value = isReplicas ? valueAt(live, parsePointer(path)) : after
    if (isReplicas && value === before) return []
    const values = {
      ...told('desired', mask(ref, path, before)),
      ...told('live', mask(ref, path, value)),
    }
    if (scaler !== undefined && isReplicas && !isIgnored(path, ignored)) {
      return [{ ref, path, reason: 'scaled', owner: toOffender(scaler), ...values }]
    }
    const owner = offenderOf(live, path)
    // Nobody owns a default of the server, and Git does not have it.
    if (owner === null && before === undefined) return []
    return [{ ref, path, reason: 'ignored', owner, ...values }]
  })
}

/** Fields that a person added, and that a rule says to ignore. */
function addedIn(
  { ref, object }: Pick<Desired, 'ref' | 'object'>,
  live: KubeObject,
  { ignored, rules, mask }: Context,
): AllowedDifference[] {
  if (ignored.length === 0) return []
  return findExtraFields(live, undefined, rules)
    .filter(
      ({ pointer }) =>
        isIgnored(pointer, ignored) && valueAt(object, parsePointer(pointer)) === undefined,
    )
    .map((field) => extra('ignored', ref, field, mask))
}

function controllersIn(
  ref: ObjectRef,
  live: KubeObject,
  { rules, mask }: Context,
): AllowedDifference[] {
  return findControllerFields(live, rules)
    .filter(({ pointer }) => !isBookkeeping(pointer))
    .map((field) => extra('controller', ref, field, mask))
}

/** Annotations by which Kubernetes' own controllers remember things: every Deployment has one. */
function isBookkeeping(pointer: string): boolean {
  return /^\/metadata\/annotations\/[^/]*kubernetes\.io~1/.test(pointer)
}

function extra(
  reason: AllowedDifference['reason'],
  ref: ObjectRef,
  { pointer, value, owner }: ExtraField,
  mask: MaskField,
): AllowedDifference {
  const live = told('live', mask(ref, pointer, value))
  return { ref, path: pointer, reason, owner: toOffender(owner), ...live }
}

function told<K extends string>(key: K, value: unknown): Partial<Record<K, unknown>> {
  if (value === undefined || canonicalJson(value).length > longestValue) return {}
  return { [key]: value } as Partial<Record<K, unknown>> // -- a computed key is a string to the compiler
}
