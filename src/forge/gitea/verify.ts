import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Secret } from '../../domain/secret.ts'
import type { Forge } from '../forge.ts'

const signatureHeaders = ['x-gitea-signature', 'x-forgejo-signature']

/** HMAC-SHA-256 over the body as it came, in X-Gitea-Signature, X-Forgejo-Signature or both. */
export function createGiteaVerifier(
  secrets: readonly Secret[],
): Pick<Forge, 'admits' | 'verifies'> {
  const keys = secrets.map((secret) => secret.reveal())
  return {
    admits: (headers) => signaturesOf(headers) !== undefined,
    async verifies(headers, rawBody) {
      const signatures = signaturesOf(headers)
      if (signatures === undefined || rawBody.length === 0) return false
      return keys.filter((key) => areOf(key, signatures, rawBody)).length > 0
    },
  }
}

// Without a secret the headers come empty, and two of one name come joined by a comma: whatever is
// not exactly one digest is refused, also beside one that is.
function signaturesOf(headers: IncomingHttpHeaders): readonly Buffer[] | undefined {
  const given = signatureHeaders.map((name) => headers[name]).filter((value) => value !== undefined)
  const digests = given.filter(isDigest)
  return given.length > 0 && digests.length === given.length
    ? digests.map((digest) => Buffer.from(digest, 'hex'))
    : undefined
}

function isDigest(value: string | string[]): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)
}

function areOf(key: string, signatures: readonly Buffer[], rawBody: Buffer): boolean {
  const expected = createHmac('sha256', key).update(rawBody).digest()
  return signatures.every((signature) => timingSafeEqual(signature, expected))
}
