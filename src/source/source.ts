import type { Application } from '../domain/application.ts'
import type { CommitSha, Revision } from '../domain/revision.ts'

/** The repositories, as mirrors on this machine. Every method throws StageError. */
export interface Source {
  /** Fetches the tracked branch and resolves its tip. */
  fetchTip(application: Application, signal: AbortSignal): Promise<Revision>
  /** The tip the mirror knows, or any commit in it, without asking the remote. undefined: not in the mirror. */
  localTip(application: Application): Promise<Revision | undefined>
  localRevision(application: Application, sha: CommitSha): Promise<Revision | undefined>
  isAncestor(application: Application, ancestor: CommitSha, descendant: CommitSha): Promise<boolean>
  /** Tree id of the application's path at that commit. SOURCE_PATH_GONE when there is none. */
  pathTree(application: Application, revision: Revision): Promise<string>
  /** Blobs below the application's path: no checkout. Symlinks and submodules are listed by mode. */
  readTree(application: Application, revision: Revision, signal: AbortSignal): Promise<TreeFiles>
  /** The whole commit's tree as read-only files in a private folder; `dispose` removes it. */
  checkout(application: Application, revision: Revision, signal: AbortSignal): Promise<Checkout>
}

export interface TreeFile {
  /** Relative to the repository's root. */
  readonly path: string
  readonly mode: string
  readonly oid: string
  read(): Promise<Buffer>
}

export interface TreeFiles {
  readonly files: readonly TreeFile[]
}

export interface Checkout {
  readonly root: string
  dispose(): Promise<void>
}
