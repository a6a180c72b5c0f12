import type { CommitSha } from './revision.ts'

/** All of a commit, without a checkout. */
export interface CommitTree {
  /** undefined: nothing has that path. Links are not followed; '' is the whole commit. */
  find(path: string): Promise<CommitItem | undefined>
  /** Files, links and submodules at a path and below it. */
  filesBelow(path: string): Promise<readonly CommitItem[]>
  /** Content of a file, target of a link. */
  read(item: CommitItem): Promise<Buffer>
}

/** A file, link, submodule or folder, told apart by its mode. */
export interface CommitItem {
  /** Relative to the repository's root. */
  readonly path: string
  readonly mode: string
  readonly oid: string
  /** Bytes; 0 for a folder. */
  readonly size: number
}

/** What of a commit a checkout is to hold. */
export interface CheckoutContents {
  /** undefined: all of the commit. */
  readonly paths?: readonly string[] | undefined
  /** Files that are not in the commit, by path. */
  readonly added?: ReadonlyMap<string, Buffer>
}

/** A commit of a repository other than the application's. */
export interface PinnedCommit {
  readonly repo: string
  readonly sha: CommitSha
}
