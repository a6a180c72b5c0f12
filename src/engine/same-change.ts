import type { DriftField } from '../domain/drift.ts'
import type { WitnessedField } from '../domain/witness-record.ts'
import { canonicalJson } from './canonical-json.ts'
import { parsePointer } from './json-pointer.ts'
import { isMark } from './mask-secret.ts'

/**
 * Whether what was witnessed and what has drifted may be one change: of one field, or of one that
 * holds the other; `byValue`: and what was written is what is there.
 */
export function isSameChange(
  { path, after }: WitnessedField,
  { path: drifted, live }: DriftField,
  { byValue }: { readonly byValue: boolean },
): boolean {
  const [written, found] = [parsePointer(path), parsePointer(drifted)]
  if (!startsAlike(written, found)) return false
  if (!byValue) return true
  const wrote = valuesAt(after, found.slice(written.length))
  const finds = valuesAt(live, written.slice(found.length))
  return wrote.some((one) => finds.some((other) => isAlike(one, other)))
}

/** Items of a list may have moved between the two looks. */
function startsAlike(a: readonly string[], b: readonly string[]): boolean {
  const shorter = Math.min(a.length, b.length)
  return a
    .slice(0, shorter)
    .every((segment, index) => segment === b[index] || (isIndex(segment) && isIndex(b[index])))
}

function isIndex(segment: string | undefined): boolean {
  return segment !== undefined && /^\d+$/.test(segment)
}

/** Of a list any item; what is below nothing, or below a mark, is that. */
function valuesAt(value: unknown, path: readonly string[]): unknown[] {
  const [first, ...rest] = path
  if (first === undefined || value === undefined || isMark(value)) return [value]
  if (Array.isArray(value) && isIndex(first)) return value.flatMap((one) => valuesAt(one, rest))
  return valuesAt((value as Record<string, unknown> | null)?.[first], rest)
}

function isAlike(a: unknown, b: unknown): boolean {
  if (a === undefined || b === undefined) return a === b
  return isMark(a) || isMark(b) || canonicalJson(a) === canonicalJson(b)
}
