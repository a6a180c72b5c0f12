import { StageError } from '../domain/error.ts'
import type { CommitSha, Revision } from '../domain/revision.ts'
import type { Git } from './git.ts'
import { corruptError, diskError, isMirrorDamage, stoppedError } from './git-error.ts'
import type { Mirrors } from './mirrors.ts'
import { createObjectReader } from './object-reader.ts'
import { parseCommit } from './parse-commit.ts'
import type { Remote } from './remote.ts'
import type { TreeEntry } from './tree-entry.ts'
import { createTreeReader } from './tree-reader.ts'

/** Questions a mirror answers without its remote. A mirror found damaged is dropped. */
export interface MirrorReader {
  tip(remote: Remote): Promise<Revision | undefined>
  revision(remote: Remote, sha: CommitSha): Promise<Revision | undefined>
  isAncestor(remote: Remote, ancestor: CommitSha, descendant: CommitSha): Promise<boolean>
  /** undefined: nothing in that tree has that path. */
  entryAt(remote: Remote, rootTree: string, path: string): Promise<TreeEntry | undefined>
  filesBelow(remote: Remote, rootTree: string, path: string): Promise<readonly TreeEntry[]>
  readBlobs(remote: Remote, request: BlobRequest): Promise<void>
}

export interface BlobRequest {
  readonly oids: readonly string[]
  /** Called in the order of `oids`. */
  readonly onBlob: (content: Buffer, index: number) => void
  readonly signal: AbortSignal
}

export function createMirrorReader(git: Git, mirrors: Mirrors): MirrorReader {
  const objects = createObjectReader(git, mirrors)
  const trees = createTreeReader(objects, mirrors)

  async function translated<T>(remote: Remote, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error: unknown) {
      const message = error instanceof Error ? error.message : String(error)
      if (error instanceof StageError || !isMirrorDamage(message)) throw readError(remote, error)
      await mirrors.drop(remote)
      throw corruptError(remote.title, error)
    }
  }

  /** undefined: no mirror, nothing of that name, or no commit. */
  async function commit(remote: Remote, name: string): Promise<Revision | undefined> {
    let revision: Revision | undefined
    await translated(remote, () =>
      objects.ask(remote, {
        what: 'contents',
        names: [name],
        onObject(object) {
          if (object?.type === 'commit') revision = parseCommit(object.oid, object.content)
        },
      }),
    )
    return revision
  }

  async function inTree<T>(remote: Remote, rootTree: string, work: () => Promise<T>): Promise<T> {
    if (!(await mirrors.has(remote))) throw goneError(remote, `tree ${rootTree}`)
    return translated(remote, work)
  }

  return {
    tip: (remote) => commit(remote, remote.mirrorRef),
    revision: commit,

    async isAncestor(remote, ancestor, descendant) {
      if ((await commit(remote, descendant)) === undefined) {
        throw goneError(remote, `commit ${descendant}`)
      }
      if ((await commit(remote, ancestor)) === undefined) return false
      const args = ['merge-base', ancestor, descendant]
      const base = await translated(remote, () => git.ask(mirrors.gitDir(remote), args))
      return base.trim() === ancestor
    },

    entryAt: (remote, rootTree, path) =>
      inTree(remote, rootTree, () => trees.entryAt(remote, rootTree, path)),

    filesBelow: (remote, rootTree, path) =>
      inTree(remote, rootTree, () => trees.filesBelow(remote, rootTree, path)),

    async readBlobs(remote, { oids, onBlob, signal }) {
      try {
        await translated(remote, () =>
          objects.ask(remote, {
            what: 'contents',
            names: oids,
            signal,
            onObject(object, index) {
              if (object?.type !== 'blob') throw new Error(`missing blob ${oids[index]}`)
              onBlob(object.content, index)
            },
          }),
        )
      } catch (error: unknown) {
        throw signal.aborted ? stoppedError(remote.title, signal.reason) : error
      }
    },
  }
}

function goneError(remote: Remote, what: string): StageError {
  return new StageError('SOURCE_REVISION_GONE', `${remote.title} has no ${what} here`)
}

function readError(remote: Remote, error: unknown): StageError {
  if (error instanceof StageError) return error
  if (isOfDisk(error)) return diskError(remote.title, error)
  const text = `${remote.title}: its mirror cannot be read`
  return new StageError('SOURCE_CORRUPT', text, { cause: error })
}

/** It came from where the blobs are written to, not from the mirror. */
function isOfDisk(cause: unknown): boolean {
  if (!(cause instanceof Error) || !('syscall' in cause)) return false
  return !String(cause.syscall).startsWith('spawn')
}
