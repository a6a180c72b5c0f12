/** One entry of a tree object. */
export interface RawEntry {
  /** Six digits. */
  readonly mode: string
  readonly name: string
  readonly oid: string
}

/**
 * A tree object's content, for ids of `oidBytes` bytes. undefined: it is none.
 * https://git-scm.com/book/en/v2/Git-Internals-Git-Objects#_tree_objects
 */
export function parseTree(content: Buffer, oidBytes: number): readonly RawEntry[] | undefined {
  const entries: RawEntry[] = []
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at)
    const zero = content.indexOf(0, space)
    const end = zero + 1 + oidBytes
    if (space < 0 || zero < 0 || end > content.length) return undefined
    entries.push({
      mode: content.toString('latin1', at, space).padStart(6, '0'),
      name: content.toString('utf8', space + 1, zero),
      oid: content.toString('hex', zero + 1, end),
    })
    at = end
  }
  return entries
}
