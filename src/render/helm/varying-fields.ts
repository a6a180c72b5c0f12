import { isRecord } from '../normalize/update-at.ts'

/** JSON pointers of the fields in which two renders of an object differ. */
export function varyingFields(one: unknown, other: unknown): string[] {
  return Array.from(walk(one, other, ''))
}

function* walk(one: unknown, other: unknown, path: string): Generator<string> {
  if (one === other) return
  if (Array.isArray(one) && Array.isArray(other) && one.length === other.length) {
    for (const [index, item] of one.entries()) yield* walk(item, other[index], `${path}/${index}`)
  } else if (isRecord(one) && isRecord(other)) {
    for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
      const step = key.replaceAll('~', '~0').replaceAll('/', '~1')
      yield* walk(one[key], other[key], `${path}/${step}`)
    }
  } else yield path
}
