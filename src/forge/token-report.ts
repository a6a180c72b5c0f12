import type { Answer } from './answer-error.ts'

/** What a forge says of the token that is configured for it. */
export interface TokenReport {
  /** What it may not do that Landfall needs, a sentence each; empty: it may do everything. */
  readonly faults: readonly string[]
  /** Milliseconds; undefined: never, or not told. */
  readonly expiresAt: number | undefined
  /** How far the forge's clock is ahead of ours; undefined: it does not say. */
  readonly clockSkewMs: number | undefined
}

/** One request with the token, answered whatever the status. Throws FORGE_UNREACHABLE. */
export type Ask = (
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
) => Promise<Answer & { readonly data: unknown }>
