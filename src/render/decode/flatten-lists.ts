import { isRecord } from '../normalize/update-at.ts'

/** A `List`, or a list of one kind, is its items; those of a typed list may leave out their kind. */
export function* flattenLists(value: unknown): Generator {
  if (!isRecord(value) || !isList(value)) {
    yield value
    return
  }
  const items: readonly unknown[] = Array.isArray(value['items']) ? value['items'] : []
  for (const item of items) yield* flattenLists(withKind(item, value))
}

function isList(value: Readonly<Record<string, unknown>>): boolean {
  const { kind, items } = value
  return (
    typeof kind === 'string' && kind.endsWith('List') && (items === null || Array.isArray(items))
  )
}

function withKind(item: unknown, list: Readonly<Record<string, unknown>>): unknown {
  const kind = String(list['kind']).slice(0, -'List'.length)
  if (kind === '' || !isRecord(item) || 'kind' in item || 'apiVersion' in item) return item
  return { ...item, apiVersion: list['apiVersion'], kind }
}
