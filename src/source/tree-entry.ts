/** One line of `git ls-tree -r -z -l`. */
export interface TreeEntry {
  readonly mode: string
  readonly oid: string
  /** 0 for a submodule. */
  readonly size: number
  readonly path: string
}

export const symlinkMode = '120000'
export const submoduleMode = '160000'
const treeMode = '040000'

export function isTree(entry: TreeEntry): boolean {
  return entry.mode === treeMode
}

export function parseTree(output: string): TreeEntry[] {
  return output.split('\0').flatMap((line) => {
    const match = /^(\d{6}) \w+ ([0-9a-f]+) +(\d+|-)\t(.+)$/s.exec(line)
    const [, mode, oid, size, path] = match ?? []
    if (mode === undefined || oid === undefined || path === undefined) return []
    return [{ mode, oid, size: size === '-' ? 0 : Number(size), path }]
  })
}
