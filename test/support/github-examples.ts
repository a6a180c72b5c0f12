import { createRequire } from 'node:module'

interface Example {
  /** The event's name. */
  readonly name: string
  readonly examples: readonly unknown[]
}

/** Recorded payloads of every webhook event. The package's types are CommonJS, its main is JSON. */
export const githubExamples: readonly Example[] = createRequire(import.meta.url)(
  '@octokit/webhooks-examples',
)
