/** RFC 6901. */
export function toPointer(segments: readonly (string | number)[]): string {
  return segments
    .map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('')
}

export function parsePointer(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** Whether `pointer` is at or below `rule`; a `*` segment of the rule matches any one segment. */
export function isCovered(pointer: string, rule: string): boolean {
  const segments = parsePointer(pointer)
  const wanted = parsePointer(rule)
  return (
    wanted.length <= segments.length &&
    wanted.every((segment, index) => segment === '*' || segment === segments[index])
  )
}

/** undefined: there is nothing at that path. */
export function valueAt(object: unknown, path: readonly string[]): unknown {
  let node = object
  for (const key of path) node = (node as Record<string, unknown> | null | undefined)?.[key]
  return node
}
