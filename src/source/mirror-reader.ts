import { StageError } from '../domain/error.ts'
import type { CommitSha, Revision } from '../domain/revision.ts'
import { type BlobRequest, streamBlobs } from './blob-stream.ts'
import type { Git } from './git.ts'
import { corruptError, diskError, isMirrorDamage, stoppedError } from './git-error.ts'
import { listLimits, listTree } from './list-tree.ts'
import type { Mirrors } from './mirrors.ts'
import type { Remote } from './remote.ts'
import { logFormat, parseRevision, refFormat } from './revision.ts'
import type { TreeEntry } from './tree-entry.ts'

/** Questions a mirror answers without its remote. A mirror found damaged is dropped. */
export interface MirrorReader {
  tip(remote: Remote): Promise<Revision | undefined>
  revision(remote: Remote, sha: CommitSha): Promise<Revision | undefined>
  isAncestor(remote: Remote, ancestor: CommitSha, descendant: CommitSha): Promise<boolean>
  /** The entry at the path, and every folder and file below it. */
  entriesAt(remote: Remote, sha: CommitSha, path: string): Promise<readonly TreeEntry[]>
  readBlobs(remote: Remote, request: BlobRequest): Promise<void>
}

export function createMirrorReader(git: Git, mirrors: Mirrors): MirrorReader {
  async function translated<T>(remote: Remote, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error: unknown) {
      const message = error instanceof Error ? error.message : String(error)
      if (!isMirrorDamage(message)) throw readError(remote, message, error)
      await mirrors.drop(remote)
      throw corruptError(remote.title, error)
    }
  }

  const ask = (remote: Remote, args: readonly string[]) =>
    translated(remote, () => git.ask(mirrors.gitDir(remote), args))

  async function holds(remote: Remote, sha: CommitSha): Promise<boolean> {
    if (!(await mirrors.has(remote))) return false
    const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${sha}^{commit}`]
    return (await ask(remote, args)).trim() === sha
  }

  return {
    async tip(remote) {
      if (!(await mirrors.has(remote))) return undefined
      const args = ['for-each-ref', '--count=1', `--format=${refFormat}`, remote.mirrorRef]
      return parseRevision(await ask(remote, args))
    },

    async revision(remote, sha) {
      if (!(await holds(remote, sha))) return undefined
      const args = ['log', '-1', '--no-show-signature', `--format=${logFormat}`, sha, '--']
      return parseRevision(await ask(remote, args))
    },

    async isAncestor(remote, ancestor, descendant) {
      if (!(await holds(remote, descendant))) throw goneError(remote, descendant)
      if (!(await holds(remote, ancestor))) return false
      return (await ask(remote, ['merge-base', ancestor, descendant])).trim() === ancestor
    },

    async entriesAt(remote, sha, path) {
      if (!(await mirrors.has(remote))) throw goneError(remote, sha)
      const args = path === '' ? [sha] : [sha, '--', path]
      return translated(remote, () => listTree(git, mirrors.gitDir(remote), args, listLimits))
    },

    readBlobs: async (remote, request) => {
      try {
        await translated(remote, () => streamBlobs(git, mirrors.gitDir(remote), request))
      } catch (error: unknown) {
        const { signal } = request
        throw signal.aborted ? stoppedError(remote.title, signal.reason) : error
      }
    },
  }
}

function goneError(remote: Remote, sha: CommitSha): StageError {
  return new StageError('SOURCE_REVISION_GONE', `${remote.title} has no commit ${sha} here`)
}

function readError(remote: Remote, message: string, cause: unknown): StageError {
  if (cause instanceof StageError) return cause
  if (isOfDisk(cause)) return diskError(remote.title, cause)
  if (/not a valid object name|not a tree object|bad revision/i.test(message)) {
    return new StageError('SOURCE_REVISION_GONE', `${remote.title}: a commit is gone`, { cause })
  }
  return new StageError('SOURCE_CORRUPT', `${remote.title}: its mirror cannot be read`, { cause })
}

/** It came from where the blobs are written to, not from the mirror. */
function isOfDisk(cause: unknown): boolean {
  if (!(cause instanceof Error) || !('syscall' in cause)) return false
  return !String(cause.syscall).startsWith('spawn')
}
