import type { Application } from '../../domain/application.ts'
import type { InventoryEntry } from '../../domain/inventory.ts'
import type { KubeObject } from '../../domain/kube-object.ts'
import { matchesPattern } from '../../domain/name-pattern.ts'
import { canonicalJson } from '../canonical-json.ts'
import { ignoredPointers, isIgnored } from '../ignored-field.ts'
import { classifyManager, type ManagerClass } from '../manager-class.ts'
import { diffObjects, type FieldDifference } from '../object-diff.ts'
import { isDeclared } from '../offender.ts'
import { toleratedPointers } from '../payload.ts'
import { sealOf } from '../seal.ts'
import { extraFieldsOf } from '../verdict.ts'
import type { AdmissionRequest } from './admission-review.ts'
import { isServiceAccount, isSystem } from './requester.ts'

/** What a write to an object of an application means. */
export interface Judgement {
  /** All that it changes; empty for a deletion. */
  readonly fields: readonly FieldDifference[]
  /** Whether it undoes what Git declares, so that Landfall undoes it. */
  readonly isDrift: boolean
  /** Whether whoever did it is to be warned, or refused. */
  readonly isByHand: boolean
}

/** The object and what is configured for it. */
export interface Managed {
  readonly application: Application
  readonly entry: InventoryEntry
}

/** A write that changes nothing but status and what the server counts: undefined. */
export function judgeWrite(request: AdmissionRequest, managed: Managed): Judgement | undefined {
  const { operation, object, oldObject } = request
  if (operation === 'DELETE') return judged(request, managed, { fields: [], isDrift: true })
  // Made again by hand, it is not as Git wants it, and not Landfall's.
  if (operation === 'CREATE') return judged(request, managed, { fields: [], isDrift: true })
  if (object === undefined || oldObject === undefined) return undefined
  const fields = diffObjects(oldObject, object)
  if (fields.length === 0) return undefined
  return judged(request, managed, {
    fields,
    isDrift: undoesGit({ object, oldObject, fields }, managed, isByPerson(request, managed)),
  })
}

/**
 * Of a change of replicas through the scale subresource. `live` is the object that is scaled,
 * before; undefined: it could not be read, and nothing is held against the requester.
 */
export function judgeScale(
  request: AdmissionRequest,
  managed: Managed,
  live: KubeObject | undefined,
): Judgement | undefined {
  const fields = [replicasOf(request)]
  if (fields[0]?.before === fields[0]?.after) return undefined
  const path = '/spec/replicas'
  const isDrift =
    live !== undefined &&
    isDeclared(live, path) &&
    !isIgnored(path, toleratedPointers(live, ignoredIn(managed))) &&
    !isSystem(request.userInfo)
  return judged(request, managed, { fields, isDrift })
}

// What is 0 is left out of a Scale.
function replicasOf({ object, oldObject }: AdmissionRequest): FieldDifference {
  const of = (scale: KubeObject | undefined) =>
    (scale?.['spec'] as { readonly replicas?: number } | undefined)?.replicas ?? 0
  return { path: '/spec/replicas', before: of(oldObject), after: of(object) }
}

interface Change {
  readonly object: KubeObject
  readonly oldObject: KubeObject
  readonly fields: readonly FieldDifference[]
}

function undoesGit(
  { object, oldObject, fields }: Change,
  managed: Managed,
  isPerson: boolean,
): boolean {
  const ignored = ignoredIn(managed)
  const tolerated = toleratedPointers(object, ignored)
  const open = fields.filter(({ path }) => !isIgnored(path, tolerated))
  if (sealOf(object) === undefined) return true
  if (open.some(({ path }) => isDeclared(oldObject, path))) return true
  if (addsExtras(object, oldObject, managed, ignored)) return true
  // A field that an earlier hand took is no longer ours by managedFields.
  return isPerson && open.length > 0 && sealOf(oldObject) !== managed.entry.seal
}

function addsExtras(
  object: KubeObject,
  oldObject: KubeObject,
  { application: { managers } }: Managed,
  ignored: readonly string[],
): boolean {
  const texts = (of: KubeObject) =>
    extraFieldsOf(of, ignored, managers).map(({ pointer, value }) => pointer + canonicalJson(value))
  const before = new Set(texts(oldObject))
  return texts(object).some((text) => !before.has(text))
}

function ignoredIn({ application, entry }: Managed): string[] {
  return ignoredPointers(application.ignore, entry)
}

function judged(
  request: AdmissionRequest,
  managed: Managed,
  { fields, isDrift }: Pick<Judgement, 'fields' | 'isDrift'>,
): Judgement {
  return { fields, isDrift, isByHand: isDrift && isHand(request, managed) }
}

/** A delete and a scale name no manager: there whoever is no part of Kubernetes counts. */
function isHand(request: AdmissionRequest, managed: Managed): boolean {
  if (isSystem(request.userInfo)) return false
  const isUnnamed = request.operation === 'DELETE' || request.subResource === 'scale'
  return isUnnamed || isByPerson(request, managed)
}

/** By the user, and by what the client says it is: an operator runs as a service account. */
export function isByPerson(
  { userInfo, options }: AdmissionRequest,
  { application }: Managed,
): boolean {
  if (isSystem(userInfo)) return false
  const ruled = ruledClass(options?.fieldManager ?? '', application)
  if (ruled !== undefined) return ruled === 'human'
  const manager = { manager: options?.fieldManager ?? '' }
  return !isServiceAccount(userInfo.username) || classifyManager(manager) === 'human'
}

function ruledClass(manager: string, { managers }: Application): ManagerClass | undefined {
  return managers.find(({ match, paths }) => paths.length === 0 && matchesPattern(match, manager))
    ?.class
}
