import { Agent, request } from 'undici'
import { githubExamples } from '../test/support/github-examples.ts'
import { githubPush } from '../test/support/payloads.ts'
import type { Scope } from '../test/support/scope.ts'
import { githubHeaders } from '../test/support/sign.ts'

export interface Sender {
  /** The answer's status, and how long it took to come. */
  post(url: string): Promise<{ readonly status: number; readonly ms: number }>
}

/** Sends one push of GitHub's own size again and again, each as a delivery of its own. */
export async function createSender(
  scope: Scope,
  { repo, secret }: { readonly repo: string; readonly secret: string },
): Promise<Sender> {
  const dispatcher = new Agent({ connections: 64 })
  scope.teardown(() => dispatcher.close())
  const body = JSON.stringify({ ...recordedPush(), ...githubPush({ repo }) })
  return {
    async post(url) {
      const headers = githubHeaders(body, secret)
      const started = performance.now()
      const answer = await request(url, { method: 'POST', headers, body, dispatcher })
      await answer.body.dump()
      return { status: answer.statusCode, ms: performance.now() - started }
    },
  }
}

function recordedPush(): object {
  const [example] = githubExamples.find(({ name }) => name === 'push')?.examples ?? []
  if (typeof example === 'object' && example !== null) return example
  throw new Error('no recorded push')
}
