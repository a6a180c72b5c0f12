import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Clock } from '../../domain/clock.ts'
import { StageError } from '../../domain/error.ts'
import type { ForgeSettings } from '../../domain/settings.ts'
import type { Forge } from '../forge.ts'
import { header } from '../header.ts'

const signingPrefix = 'whsec_'
const toleranceMs = 5 * 60_000

interface Signed {
  readonly id: string
  readonly timestamp: string
  readonly signatures: readonly Buffer[]
}

/**
 * X-Gitlab-Token, compared in constant time, or the signing token of Standard Webhooks: HMAC-SHA-256
 * over `id.timestamp.body`. Which one a configured secret is, its prefix `whsec_` says.
 */
export function createGitlabVerifier(
  settings: ForgeSettings,
  clock: Clock,
): Pick<Forge, 'admits' | 'verifies'> {
  const secrets = settings.webhookSecrets.map((secret) => secret.reveal())
  const tokens = secrets.filter((secret) => !secret.startsWith(signingPrefix))
  const keys = secrets
    .filter((secret) => secret.startsWith(signingPrefix))
    .map((secret) => signingKey(secret, settings.key))
  const hasToken = tokenCheck(tokens)

  const signed = (headers: IncomingHttpHeaders): Signed | undefined => {
    const parts = keys.length > 0 ? signedParts(headers) : undefined
    const fresh =
      parts !== undefined && Math.abs(clock.now() - Number(parts.timestamp) * 1000) <= toleranceMs
    return fresh ? parts : undefined
  }

  return {
    admits: (headers) => hasToken(headers) || signed(headers) !== undefined,
    async verifies(headers, rawBody) {
      if (hasToken(headers)) return true
      const parts = signed(headers)
      return parts !== undefined && keys.filter((key) => isSigned(key, parts, rawBody)).length > 0
    },
  }
}

function tokenCheck(tokens: readonly string[]): (headers: IncomingHttpHeaders) => boolean {
  // timingSafeEqual throws on unequal lengths; digests under a key of our own have one length.
  const blind = randomBytes(32)
  const digest = (text: string) => createHmac('sha256', blind).update(text).digest()
  const expected = tokens.map(digest)
  return (headers) => {
    const given = digest(header(headers, 'x-gitlab-token') ?? '')
    return expected.filter((token) => timingSafeEqual(token, given)).length > 0
  }
}

function signingKey(secret: string, forge: string): Buffer {
  const text = secret.slice(signingPrefix.length)
  const key = Buffer.from(text, 'base64')
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text) || key.length < 16) {
    throw new StageError(
      'CONFIG_INVALID',
      `forge ${forge}: a signing token is whsec_ and base64 of at least 16 bytes; copy it from the webhook's page again`,
    )
  }
  return key
}

function signedParts(headers: IncomingHttpHeaders): Signed | undefined {
  const id = header(headers, 'webhook-id')
  const timestamp = header(headers, 'webhook-timestamp')
  const signature = header(headers, 'webhook-signature')
  if (id === undefined || timestamp === undefined || signature === undefined) return undefined
  if (!/^\d{1,12}$/.test(timestamp)) return undefined
  const signatures = signature
    .split(' ')
    .filter((entry) => /^v1,[A-Za-z0-9+/]{43}=$/.test(entry))
    .map((entry) => Buffer.from(entry.slice(3), 'base64'))
  return signatures.length > 0 ? { id, timestamp, signatures } : undefined
}

function isSigned(key: Buffer, { id, timestamp, signatures }: Signed, rawBody: Buffer): boolean {
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(rawBody).digest()
  return signatures.filter((signature) => timingSafeEqual(signature, expected)).length > 0
}
