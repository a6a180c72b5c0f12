import { canonicalJson, isRecord } from './canonical-json.ts'
import { toPointer } from './json-pointer.ts'

/** One field in which two versions of an object differ; undefined: it is not there. */
export interface FieldDifference {
  /** JSON pointer; list items by their index in `before`, or in `after` where only that has them. */
  readonly path: string
  readonly before: unknown
  readonly after: unknown
}

const serverMetadata = [
  'managedFields',
  'resourceVersion',
  'generation',
  'uid',
  'creationTimestamp',
  'selfLink',
]

/**
 * The fields in which two answers of the same server at the same version differ, without status
 * and what the server itself counts. Both sides passed the same defaults, so quantities and key
 * order need no care.
 */
export function diffObjects(before: unknown, after: unknown): FieldDifference[] {
  return [...walk(comparable(before), comparable(after), [])]
}

function comparable(object: unknown): unknown {
  if (!isRecord(object)) return object
  const { status: _status, ...rest } = object
  if (!isRecord(rest['metadata'])) return rest
  const metadata = Object.fromEntries(
    Object.entries(rest['metadata']).filter(([key]) => !serverMetadata.includes(key)),
  )
  return { ...rest, metadata }
}

type Path = readonly (string | number)[]

function* walk(before: unknown, after: unknown, path: Path): Generator<FieldDifference> {
  const isOneMissing = (before === undefined) !== (after === undefined)
  if (!isOneMissing && canonicalJson(before) === canonicalJson(after)) return
  if (isRecord(before) && isRecord(after)) return yield* walkRecords(before, after, path)
  if (Array.isArray(before) && Array.isArray(after)) return yield* walkLists(before, after, path)
  yield { path: toPointer(path), before, after }
}

function* walkRecords(
  before: Record<string, unknown>,
  after: Record<string, unknown>,
  path: Path,
): Generator<FieldDifference> {
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    yield* walk(before[key], after[key], [...path, key])
  }
}

function* walkLists(
  before: readonly unknown[],
  after: readonly unknown[],
  path: Path,
): Generator<FieldDifference> {
  const key = identityKey(before, after)
  if (key === undefined) return yield* walkByIndex(before, after, path)
  const differences = [...walkByName(before, after, key, path)]
  // The lists differ: where no item does, their order does.
  yield* differences.length > 0 ? differences : [{ path: toPointer(path), before, after }]
}

function* walkByName(
  before: readonly unknown[],
  after: readonly unknown[],
  key: string,
  path: Path,
): Generator<FieldDifference> {
  const byName = new Map(after.map((item, index) => [nameIn(item, key), { item, index }]))
  for (const [index, item] of before.entries()) {
    const match = byName.get(nameIn(item, key))
    byName.delete(nameIn(item, key))
    yield* walk(item, match?.item, [...path, index])
  }
  for (const { item, index } of byName.values()) yield* walk(undefined, item, [...path, index])
}

function* walkByIndex(
  before: readonly unknown[],
  after: readonly unknown[],
  path: Path,
): Generator<FieldDifference> {
  for (let index = 0; index < Math.max(before.length, after.length); index += 1) {
    yield* walk(before[index], after[index], [...path, index])
  }
}

/** The field that names each item of both lists, as containers, env, volumes and ports have one. */
function identityKey(before: readonly unknown[], after: readonly unknown[]): string | undefined {
  return ['name', 'mountPath', 'containerPort', 'port', 'key'].find(
    (key) => isUnique(before, key) && isUnique(after, key),
  )
}

function isUnique(list: readonly unknown[], key: string): boolean {
  const names = list.map((item) => nameIn(item, key))
  return !names.includes(undefined) && new Set(names).size === names.length
}

function nameIn(item: unknown, key: string): unknown {
  return isRecord(item) ? item[key] : undefined
}
