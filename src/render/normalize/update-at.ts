/**
 * A copy of `value` with the parts that `path` leads to replaced by what `change` makes of them;
 * `*` stands for every item of a list. Where the path leads nowhere, or nothing changes, `value`
 * itself is returned.
 */
export function updateAt<T>(
  value: T,
  path: readonly string[],
  change: (part: unknown) => unknown,
): T {
  return update(value, path, change) as T
}

function update(
  value: unknown,
  path: readonly string[],
  change: (part: unknown) => unknown,
): unknown {
  const [head, ...rest] = path
  if (head === undefined) return change(value)
  if (head === '*') return Array.isArray(value) ? updateItems(value, rest, change) : value
  if (!isRecord(value) || !Object.hasOwn(value, head)) return value
  const before = value[head]
  const after = update(before, rest, change)
  return after === before ? value : { ...value, [head]: after }
}

function updateItems(
  list: readonly unknown[],
  rest: readonly string[],
  change: (part: unknown) => unknown,
): readonly unknown[] {
  const items = list.map((item) => update(item, rest, change))
  return items.some((item, index) => item !== list[index]) ? items : list
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Without the keys; the same object when it has none of them. */
export function omit<T extends object>(object: T, keys: readonly string[]): T {
  if (!keys.some((key) => Object.hasOwn(object, key))) return object
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key))) as T
}
