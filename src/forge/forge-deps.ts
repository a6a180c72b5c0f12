import type { Clock } from '../domain/clock.ts'
import type { GithubApp } from '../domain/github-app.ts'
import type { Secret } from '../domain/secret.ts'

export interface ForgeDeps {
  readonly fetch: typeof fetch
  readonly clock: Clock
  /** Signs in as the App of a forge that has one; a token that was refused is not given again. */
  readonly appToken?: (app: GithubApp, signal: AbortSignal, refused?: Secret) => Promise<Secret>
}
