import type { ManagerRule } from '../domain/application.ts'
import type { KubeObject, ManagedFieldsEntry } from '../domain/kube-object.ts'
import { matchesPattern } from '../domain/name-pattern.ts'
import { onlyFields, withoutFields } from './fields-v1.ts'
import { isCovered } from './json-pointer.ts'
import { classifyManager, type ManagerClass } from './manager-class.ts'
import { resolveField } from './resolve-field.ts'

/** An entry of managedFields, or the part of one whose fields are of one class. */
export interface ClassedEntry {
  readonly class: ManagerClass
  readonly entry: ManagedFieldsEntry
  /** The entry as the object has it. */
  readonly whole: ManagedFieldsEntry
}

/**
 * Who owns the fields of the object, by the application's rules and then by the known names. The
 * first rule that matches a manager decides; one with paths decides for those fields alone, so an
 * entry may come in parts. Landfall's own entries are its own whatever the rules say.
 */
export function classEntries(
  live: KubeObject,
  rules: readonly ManagerRule[],
): readonly ClassedEntry[] {
  return (live.metadata.managedFields ?? []).flatMap((whole) => {
    const usual = classifyManager(whole)
    if (usual === 'ours' || rules.length === 0) return [{ class: usual, entry: whole, whole }]
    return partsOf(live, whole, rules)
  })
}

function partsOf(
  live: KubeObject,
  whole: ManagedFieldsEntry,
  rules: readonly ManagerRule[],
): ClassedEntry[] {
  const parts: ClassedEntry[] = []
  let rest = whole.fieldsV1
  for (const rule of rules) {
    if (!matchesPattern(rule.match, whole.manager ?? '')) continue
    if (rule.paths.length === 0 || rest === undefined) {
      return [...parts, { class: rule.class, entry: withFields(whole, rest), whole }]
    }
    const isInside = (path: readonly string[]) => isBelow(live, path, rule.paths)
    const inside = onlyFields(rest, isInside)
    if (inside !== undefined) {
      parts.push({ class: rule.class, entry: withFields(whole, inside), whole })
      rest = withoutFields(rest, isInside)
    }
    if (rest === undefined) return parts
  }
  return [...parts, { class: classifyManager(whole), entry: withFields(whole, rest), whole }]
}

function withFields(
  whole: ManagedFieldsEntry,
  fieldsV1: ManagedFieldsEntry['fieldsV1'],
): ManagedFieldsEntry {
  return fieldsV1 === undefined || fieldsV1 === whole.fieldsV1 ? whole : { ...whole, fieldsV1 }
}

function isBelow(live: KubeObject, path: readonly string[], pointers: readonly string[]): boolean {
  const pointer = resolveField(live, path)
  return pointer !== undefined && pointers.some((rule) => isCovered(pointer, rule))
}
