import type { Secret } from './secret.ts'

/** A GitHub App as one account installed it: what signs in where no token is configured. */
export interface GithubApp {
  /** Its App ID, or its client ID. */
  readonly id: string
  readonly installationId: number
  /** PEM. */
  readonly privateKey: Secret
  /** Base of the REST API of its GitHub. */
  readonly apiUrl: string
}
