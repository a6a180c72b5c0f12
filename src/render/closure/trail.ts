import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import type { CommitItem, CommitTree } from '../../domain/commit-tree.ts'
import { folderMode } from '../file-mode.ts'

/**
 * What was looked up in a commit, and what was found there. As long as every look-up is answered
 * the same, all that was made of the answers is the same: nothing else was asked.
 */
export interface Closure {
  /** By path. */
  readonly answers: ReadonlyMap<string, string>
  /** Ids of the folders that the paths lie in. */
  readonly folders: ReadonlyMap<string, string>
  /** The files, and the folders with all below them, that a checkout needs. */
  readonly paths: readonly string[]
  /** Names the answers. */
  readonly fingerprint: string
}

/** A commit's tree that remembers what it was asked. */
export interface Trail extends Pick<CommitTree, 'find' | 'read'> {
  /** The folder with all that is below it. */
  takeFolder(folder: CommitItem): Promise<readonly CommitItem[]>
  end(): Promise<Closure>
}

const absent = 'absent'
// A folder that was only passed: what was looked for in it has answers of its own.
const passed = 'folder'

export function startTrail(tree: CommitTree): Trail {
  const answers = new Map<string, string>()
  return {
    read: (item) => tree.read(item),
    async find(path) {
      const item = await tree.find(path)
      if (!answers.has(path)) answers.set(path, answerOf(item))
      return item
    },
    takeFolder(folder) {
      answers.set(folder.path, wholeOf(folder))
      return tree.filesBelow(folder.path)
    },
    async end() {
      const folders = new Map<string, string>()
      for (const parent of new Set(Array.from(answers.keys(), parentOf))) {
        const folder = await tree.find(parent)
        if (folder !== undefined) folders.set(parent, folder.oid)
      }
      const sorted = Array.from(answers).sort(([one], [other]) => (one < other ? -1 : 1))
      const taken = sorted.filter(([, answer]) => answer !== absent && answer !== passed)
      const fingerprint = createHash('sha256').update(JSON.stringify(sorted)).digest('hex')
      return { answers, folders, paths: taken.map(([path]) => path), fingerprint }
    },
  }
}

/**
 * What is below a folder that is not of the commit, and the rest. It never changes: whoever names it
 * names its content too.
 */
export function splitClosure(
  { answers, folders, paths, fingerprint }: Closure,
  folder: string,
): { readonly closure: Closure; readonly elsewhere: readonly string[] } {
  const isOwn = (path: string) => path !== folder && !path.startsWith(`${folder}/`)
  const own = <T>(map: ReadonlyMap<string, T>) => new Map([...map].filter(([path]) => isOwn(path)))
  return {
    closure: {
      answers: own(answers),
      folders: own(folders),
      paths: paths.filter(isOwn),
      fingerprint,
    },
    elsewhere: paths.filter((path) => !isOwn(path)),
  }
}

/** Whether every look-up would be answered the same in this commit. */
export async function stillHolds(
  { answers, folders }: Closure,
  tree: Pick<CommitTree, 'find'>,
): Promise<boolean> {
  const unchanged = new Map<string, boolean>()
  for (const [path, answer] of answers) {
    const parent = parentOf(path)
    const known = unchanged.get(parent)
    const isUnchanged = known ?? (await tree.find(parent))?.oid === folders.get(parent)
    unchanged.set(parent, isUnchanged)
    if (isUnchanged) continue
    const item = await tree.find(path)
    if (answerOf(item) !== answer && (item === undefined || wholeOf(item) !== answer)) return false
  }
  return true
}

function answerOf(item: CommitItem | undefined): string {
  if (item === undefined) return absent
  return item.mode === folderMode ? passed : wholeOf(item)
}

function wholeOf({ mode, oid }: CommitItem): string {
  return `${mode} ${oid}`
}

/** The root lies in itself. */
function parentOf(path: string): string {
  const parent = posix.dirname(path)
  return parent === '.' ? '' : parent
}
