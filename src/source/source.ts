import type { Application } from '../domain/application.ts'
import type { ChartRef } from '../domain/chart.ts'
import type {
  CheckoutContents,
  CommitItem,
  CommitTree,
  PinnedCommit,
} from '../domain/commit-tree.ts'
import type { CommitSha, Revision } from '../domain/revision.ts'

/** The repositories, as mirrors on this machine. Every method throws StageError. */
export interface Source {
  /** Fetches the tracked branch and resolves its tip. */
  fetchTip(application: Application, signal: AbortSignal): Promise<Revision>
  /** The tip the mirror knows, or any commit in it, without asking the remote. undefined: not in the mirror. */
  localTip(application: Application): Promise<Revision | undefined>
  localRevision(application: Application, sha: CommitSha): Promise<Revision | undefined>
  /** False also for an ancestor the mirror does not hold. */
  isAncestor(application: Application, ancestor: CommitSha, descendant: CommitSha): Promise<boolean>
  /** Tree id of the application's path at that commit. SOURCE_PATH_GONE when there is none. */
  pathTree(application: Application, revision: Revision): Promise<string>
  /** Blobs below the application's path: no checkout. Symlinks and submodules are listed by mode. */
  readTree(application: Application, revision: Revision, signal: AbortSignal): Promise<TreeFiles>
  /** The whole commit, read piece by piece as it is asked for: no checkout. */
  openTree(application: Application, revision: Revision, signal: AbortSignal): CommitTree
  /**
   * The whole commit's tree, or what it has at some paths and below them, as read-only files in a
   * private folder; `dispose` removes it. No submodules, no filters. SOURCE_REFUSED for a symbolic
   * link below the application's path that leaves the repository; elsewhere such a link is left out.
   */
  checkout(
    application: Application,
    revision: Revision,
    signal: AbortSignal,
    contents?: CheckoutContents,
  ): Promise<Checkout>
  /** A commit of a repository that anybody may read; fetched where the mirror does not hold it. */
  openPinned(pin: PinnedCommit, signal: AbortSignal): Promise<CommitTree>
  /** The archive of a chart, from the repositories of the application; kept by its digest. */
  fetchChart(application: Application, chart: ChartRef, signal: AbortSignal): Promise<Buffer>
}

export interface TreeFile extends CommitItem {
  /** Files asked for in the same turn of the event loop cost one process together. */
  read(): Promise<Buffer>
}

export interface TreeFiles {
  readonly files: readonly TreeFile[]
}

export interface Checkout {
  readonly root: string
  dispose(): Promise<void>
}
