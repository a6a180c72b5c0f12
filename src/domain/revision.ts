declare const brand: unique symbol

/** A full commit id, 40 or 64 lower-case hex digits; made only by `parseCommitSha`. */
export type CommitSha = string & { readonly [brand]: 'CommitSha' }

const shaPattern = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/

export function parseCommitSha(text: string): CommitSha | undefined {
  return shaPattern.test(text) ? (text as CommitSha) : undefined
}

/** The zero id that forges send for "no commit": a created or deleted branch. */
export function isZeroSha(text: string): boolean {
  return /^0{40}(?:0{24})?$/.test(text)
}

export function shortSha(sha: string): string {
  return sha.slice(0, 7)
}

/** One commit of a tracked branch, as read from the repository itself. */
export interface Revision {
  readonly sha: CommitSha
  /** Tree id of the whole commit. */
  readonly rootTree: string
  readonly author: string
  /** ISO 8601. */
  readonly committedAt: string
  readonly subject: string
  /** Whether the message has the trailer `Landfall-Allow-Prune: true`. */
  readonly allowsPrune: boolean
}
