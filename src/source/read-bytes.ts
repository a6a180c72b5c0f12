import type { Readable } from 'node:stream'

/** A stream that is read by lines and by counts of bytes. Rejects when it ends in between. */
export interface ByteReader {
  line(): Promise<string>
  take(count: number): Promise<Buffer>
}

export function readBytes(stream: Readable): ByteReader {
  const chunks: AsyncIterator<Buffer> = stream[Symbol.asyncIterator]()
  let rest: Buffer = Buffer.alloc(0)

  async function more(): Promise<Buffer> {
    const next = await chunks.next()
    if (next.done === true) throw new Error('the stream ended early')
    return next.value
  }

  return {
    async line() {
      let end = rest.indexOf(10)
      while (end < 0) {
        rest = Buffer.concat([rest, await more()])
        end = rest.indexOf(10)
      }
      const line = rest.toString('latin1', 0, end)
      rest = rest.subarray(end + 1)
      return line
    },

    async take(count) {
      const parts = [rest]
      let size = rest.length
      while (size < count) {
        const chunk = await more()
        parts.push(chunk)
        size += chunk.length
      }
      const all = parts.length === 1 ? rest : Buffer.concat(parts)
      rest = all.subarray(count)
      return all.subarray(0, count)
    },
  }
}
