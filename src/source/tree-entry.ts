/** One file, folder or submodule of a commit. */
export interface TreeEntry {
  readonly mode: string
  readonly oid: string
  /** 0 for a folder and a submodule. */
  readonly size: number
  readonly path: string
}

export const symlinkMode = '120000'
export const submoduleMode = '160000'
const treeMode = '040000'

export function isTree({ mode }: Pick<TreeEntry, 'mode'>): boolean {
  return mode === treeMode
}
