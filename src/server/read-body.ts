import type { Readable } from 'node:stream'
import type { ByteLease } from './byte-budget.ts'

export type Body =
  | { readonly kind: 'read'; readonly bytes: Buffer }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'no-room' }
  | { readonly kind: 'aborted' }

/** The whole body, or why not: no more than `limit` and what `lease` grants is ever held. */
export async function readBody(stream: Readable, limit: number, lease: ByteLease): Promise<Body> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    // Leaving the loop must not destroy the stream: the answer goes over the same socket.
    for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
      const bytes = chunk as Buffer
      length += bytes.length
      if (length > limit) return { kind: 'too-large' }
      if (!lease.take(bytes.length)) return { kind: 'no-room' }
      chunks.push(bytes)
    }
  } catch {
    return { kind: 'aborted' }
  }
  return { kind: 'read', bytes: Buffer.concat(chunks, length) }
}
