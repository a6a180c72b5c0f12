import type { Application } from '../../domain/application.ts'
import type { InventoryEntry } from '../../domain/inventory.ts'
import type { KubeObject } from '../../domain/kube-object.ts'
import { matchesPattern } from '../../domain/name-pattern.ts'
import { canonicalJson } from '../canonical-json.ts'
import { readDirectives } from '../directive.ts'
import { ignoredPointers, isIgnored } from '../ignored-field.ts'
import { isCovered } from '../json-pointer.ts'
import { classifyManager, type ManagerClass } from '../manager-class.ts'
import { diffObjects, type FieldDifference } from '../object-diff.ts'
import { isDeclared, isDeclaredIn } from '../offender.ts'
import { toleratedPointers } from '../payload.ts'
import { ourEntry, sealOf } from '../seal.ts'
import { extraFieldsOf } from '../verdict.ts'
import type { AdmissionRequest } from './admission-review.ts'
import { isServiceAccount, isSystem, managerOf } from './requester.ts'

/** What a write to an object of an application means. */
export interface Judgement {
  /** All that it changes; empty for a deletion. */
  readonly fields: readonly FieldDifference[]
  /** Whether it undoes what Git declares, so that Landfall undoes it. */
  readonly isDrift: boolean
  /** Whose hand it is; of an account it cannot be told whether a person is behind it. */
  readonly hand: Hand
}

export type Hand = 'none' | 'account' | 'person'

/** The object and what is configured for it. */
export interface Managed {
  readonly application: Application
  readonly entry: InventoryEntry
}

/**
 * undefined: it changes nothing but status and what the server counts, or ends a deletion that was
 * asked for before: kubelets do, and who deletes once more by force.
 */
export function judgeWrite(request: AdmissionRequest, managed: Managed): Judgement | undefined {
  const { operation, object, oldObject } = request
  if (operation === 'DELETE') {
    if (oldObject?.metadata?.deletionTimestamp !== undefined) return undefined
    return judged(request, managed, { fields: [], isDrift: true })
  }
  // Made again by hand, it is not as Git wants it, and not Landfall's.
  if (operation === 'CREATE') return judged(request, managed, { fields: [], isDrift: true })
  if (object === undefined || oldObject === undefined) return undefined
  const fields = diffObjects(oldObject, object)
  if (fields.length === 0) return judgeOwnership(request, managed, { object, oldObject })
  const isDrift = !isLeft(oldObject) && undoesGit({ object, oldObject, fields }, managed)
  return judged(request, managed, { fields, isDrift })
}

/** Without its marks in managedFields, Git declares nothing of the object: the next write would pass. */
function judgeOwnership(
  request: AdmissionRequest,
  managed: Managed,
  { object, oldObject }: Omit<Change, 'fields'>,
): Judgement | undefined {
  const before = sealOf(oldObject)
  if (before === undefined || before === sealOf(object)) return undefined
  const fields = [{ path: '/metadata/managedFields', before: undefined, after: undefined }]
  return judged(request, managed, { fields, isDrift: !isLeft(oldObject) })
}

/** What Git only makes, and leaves to others. */
function isLeft(object: KubeObject): boolean {
  return readDirectives(object).sync === 'if-not-present'
}

/**
 * Of a change of replicas through the scale subresource. `live` is the object that is scaled,
 * before; undefined: it could not be read. It may be drift then, and is held against nobody.
 */
export function judgeScale(
  request: AdmissionRequest,
  managed: Managed,
  live: KubeObject | undefined,
): Judgement | undefined {
  const fields = [replicasOf(request)]
  if (fields[0]?.before === fields[0]?.after) return undefined
  if (live === undefined) return { fields, isDrift: true, hand: 'none' }
  const path = '/spec/replicas'
  const isDrift =
    !isLeft(live) &&
    isDeclared(live, path) &&
    !isIgnored(path, toleratedIn(live, managed)) &&
    !mayScale(request, managed) &&
    !isSystem(request.userInfo)
  return judged(request, managed, { fields, isDrift })
}

/** Whom a rule lets scale, the request does not say: kubectl's scale goes by `kubectl`. */
function mayScale({ userInfo }: AdmissionRequest, { application }: Managed): boolean {
  const manager = isServiceAccount(userInfo.username) ? undefined : 'kubectl'
  const rule = application.managers.find(
    ({ match, paths }) =>
      (manager === undefined || matchesPattern(match, manager)) &&
      (paths.length === 0 || paths.some((one) => isCovered('/spec/replicas', one))),
  )
  return rule?.class === 'controller'
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

function undoesGit({ object, oldObject, fields }: Change, managed: Managed): boolean {
  if (ourEntry(object)?.fieldsV1 === undefined) return true
  const ignored = ignoredIn(managed)
  const tolerated = toleratedPointers(object, ignored, managed.application.managers)
  const isOfGit = isDeclaredIn(oldObject)
  if (fields.some(({ path }) => !isIgnored(path, tolerated) && isOfGit(path))) return true
  return addsExtras(object, oldObject, managed, ignored)
}

function toleratedIn(object: KubeObject, managed: Managed): string[] {
  return toleratedPointers(object, ignoredIn(managed), managed.application.managers)
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
  return { fields, isDrift, hand: isDrift ? handOf(request, managed) : 'none' }
}

/** A delete and a scale name no manager: a service account may be an operator, or a script. */
function handOf(request: AdmissionRequest, managed: Managed): Hand {
  const { operation, subResource, userInfo } = request
  const isUnnamed = operation === 'DELETE' || subResource === 'scale'
  if (isUnnamed && isServiceAccount(userInfo.username)) {
    return isSystem(userInfo) ? 'none' : 'account'
  }
  return isByPerson(request, managed) ? 'person' : 'none'
}

/** By the user, and by what the client says it is: an operator runs as a service account. */
export function isByPerson(request: AdmissionRequest, { application }: Managed): boolean {
  const { userInfo } = request
  if (isSystem(userInfo)) return false
  const manager = managerOf(request)
  const ruled = ruledClass(manager, application)
  if (ruled !== undefined) return ruled === 'human'
  return !isServiceAccount(userInfo.username) || classifyManager({ manager }) === 'human'
}

/** Before anything is known of the object: no rule can make a person of it. */
export function isSurelyController(request: AdmissionRequest): boolean {
  const { userInfo } = request
  if (isSystem(userInfo)) return true
  if (!isServiceAccount(userInfo.username)) return false
  return classifyManager({ manager: managerOf(request) }) !== 'human'
}

function ruledClass(manager: string, { managers }: Application): ManagerClass | undefined {
  return managers.find(({ match, paths }) => paths.length === 0 && matchesPattern(match, manager))
    ?.class
}
