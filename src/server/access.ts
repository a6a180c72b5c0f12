import { createHash, timingSafeEqual } from 'node:crypto'
import type { AccessToken } from '../domain/settings.ts'

export interface Caller {
  readonly name: string
  readonly role: AccessToken['role']
}

/** Who an Authorization header speaks for; every token is compared, each in constant time. */
export function createAccess(
  tokens: () => readonly AccessToken[],
): (authorization: string | undefined) => Caller | undefined {
  return (authorization) => {
    const token = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(authorization ?? '')?.[1]
    if (token === undefined) return undefined
    const digest = createHash('sha256').update(token).digest()
    const found = tokens().filter(({ sha256 }) => isEqual(Buffer.from(sha256, 'hex'), digest))[0]
    return found && { name: found.name, role: found.role }
  }
}

function isEqual(expected: Buffer, given: Buffer): boolean {
  return expected.length === given.length && timingSafeEqual(expected, given)
}

export function mayCall(role: Caller['role'], method: string): boolean {
  return role === 'operator' || method === 'GET' || method === 'HEAD'
}
