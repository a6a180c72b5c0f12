import { createHash, timingSafeEqual } from 'node:crypto'
import type { AccessToken } from '../domain/settings.ts'

export interface Caller {
  readonly name: string
  readonly role: AccessToken['role']
}

/** Who an Authorization header speaks for; every token is compared, each in constant time. */
export function createAccess(
  tokens: readonly AccessToken[],
): (authorization: string | undefined) => Caller | undefined {
  const known = tokens.map(({ name, role, sha256 }) => ({
    caller: { name, role },
    digest: Buffer.from(sha256, 'hex'),
  }))
  return (authorization) => {
    const token = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(authorization ?? '')?.[1]
    if (token === undefined) return undefined
    const digest = createHash('sha256').update(token).digest()
    return known.filter((entry) => isEqual(entry.digest, digest))[0]?.caller
  }
}

function isEqual(expected: Buffer, given: Buffer): boolean {
  return expected.length === given.length && timingSafeEqual(expected, given)
}

export function mayCall(role: Caller['role'], method: string): boolean {
  return role === 'operator' || method === 'GET' || method === 'HEAD'
}
