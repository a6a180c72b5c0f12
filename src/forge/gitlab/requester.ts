import type { Commits } from '@gitbeaker/rest'
import type { Secret } from '../../domain/secret.ts'

type Config = ConstructorParameters<typeof Commits>[0]
type Requester = ReturnType<NonNullable<Config['requesterFn']>>

interface RequesterOptions {
  readonly apiUrl: string
  readonly token: Secret
  readonly fetch: typeof fetch
  readonly signal: AbortSignal
}

/**
 * How the client sends: one request, and the answer as it is. The client's own requester tries a
 * 429 ten times, follows redirects with the token in a header that fetch does not strip, and
 * cannot be aborted.
 */
export function createRequester({ apiUrl, token, fetch, signal }: RequesterOptions): Requester {
  const sender =
    (method: string): Requester['post'] =>
    async (endpoint, options) => {
      const response = await fetch(`${apiUrl}/${endpoint}`, {
        method,
        signal,
        headers: {
          authorization: `Bearer ${token.reveal()}`,
          'content-type': 'application/json',
          'user-agent': 'landfall',
        },
        body: options?.body === undefined ? null : JSON.stringify(snakeCaseKeys(options.body)),
      })
      return {
        body: await bodyOf(response),
        headers: Object.fromEntries(response.headers),
        status: response.status,
      }
    }
  return {
    get: sender('GET'),
    post: sender('POST'),
    put: sender('PUT'),
    patch: sender('PATCH'),
    delete: sender('DELETE'),
  }
}

function snakeCaseKeys(body: object): Record<string, unknown> {
  const snakeCase = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [snakeCase(key), value]))
}

// A proxy in front answers with a page of its own.
async function bodyOf(response: Response) {
  const text = await response.text()
  try {
    return JSON.parse(text)
  } catch {
    return { message: text }
  }
}
