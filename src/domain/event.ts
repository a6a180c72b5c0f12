/**
 * What a verified delivery says, in words of no forge. It is a hint: it names what may have
 * changed, never what to deploy.
 */
export type ForgeEvent =
  | { readonly kind: 'ping' }
  | {
      readonly kind: 'push'
      readonly repository: RepositoryHint
      /** Full ref name. */
      readonly ref: string
      readonly before: string
      readonly after: string
    }
  | {
      readonly kind: 'merged'
      readonly repository: RepositoryHint
      /** Full ref name of the branch that received the merge. */
      readonly ref: string
    }
  | { readonly kind: 'ignored'; readonly reason: string }

export interface RepositoryHint {
  /** The forge's own id, as text. */
  readonly id: string
  /** Clone URLs the payload claims; matched by normalised equality, never fetched. */
  readonly urls: readonly string[]
}
