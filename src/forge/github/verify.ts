import { isUtf8 } from 'node:buffer'
import type { IncomingHttpHeaders } from 'node:http'
import { Webhooks } from '@octokit/webhooks'
import type { Secret } from '../../domain/secret.ts'
import type { Forge } from '../forge.ts'
import { header } from '../header.ts'

/** HMAC-SHA-256 over the body as it came, in X-Hub-Signature-256. */
export function createGithubVerifier(
  secrets: readonly Secret[],
): Pick<Forge, 'admits' | 'verifies'> {
  const verifiers = secrets.map((secret) => new Webhooks({ secret: secret.reveal() }))
  return {
    admits: (headers) => signatureOf(headers) !== undefined,
    async verifies(headers, rawBody) {
      const signature = signatureOf(headers)
      // The library takes text: bytes that are no UTF-8 would be replaced, and verify as others.
      if (signature === undefined || rawBody.length === 0 || !isUtf8(rawBody)) return false
      const body = rawBody.toString('utf8')
      const results = await Promise.all(
        verifiers.map((verifier) => verifier.verify(body, signature).catch(() => false)),
      )
      return results.includes(true)
    },
  }
}

// Two headers arrive joined by a comma and are refused with all else that is not exactly one digest.
function signatureOf(headers: IncomingHttpHeaders): string | undefined {
  const value = header(headers, 'x-hub-signature-256')
  return value !== undefined && /^sha256=[0-9a-f]{64}$/.test(value) ? value : undefined
}
