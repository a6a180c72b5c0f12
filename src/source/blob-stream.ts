import type { Readable } from 'node:stream'
import type { Git } from './git.ts'

export interface BlobRequest {
  readonly oids: readonly string[]
  /** Called in the order of `oids`. */
  readonly onBlob: (content: Buffer, index: number) => void
  readonly signal: AbortSignal
}

/** One `git cat-file --batch`. Rejects when a blob is missing, or with the signal's reason. */
export async function streamBlobs(
  git: Git,
  gitDir: string,
  { oids, onBlob, signal }: BlobRequest,
): Promise<void> {
  signal.throwIfAborted()
  if (oids.length === 0) return
  const child = git.stream(gitDir, ['cat-file', '--batch', '--buffer'])
  const onAbort = () => child.kill()
  signal.addEventListener('abort', onAbort, { once: true })
  child.stderr.resume()
  child.stdin.end(`${oids.join('\n')}\n`)
  try {
    const input = readBytes(child.stdout)
    for (const [index, oid] of oids.entries()) {
      const header = (await input.line()).split(' ')
      if (header[0] !== oid || header[1] !== 'blob') throw new Error(`missing blob ${oid}`)
      const content = await input.take(Number(header[2]) + 1)
      onBlob(content.subarray(0, -1), index)
    }
  } catch (error: unknown) {
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', onAbort)
    child.kill()
    await child.exit
  }
}

function readBytes(stream: Readable) {
  const chunks: AsyncIterator<Buffer> = stream[Symbol.asyncIterator]()
  let rest: Buffer = Buffer.alloc(0)

  async function more(): Promise<Buffer> {
    const next = await chunks.next()
    if (next.done === true) throw new Error('missing blob: git ended early')
    return next.value
  }

  return {
    async line(): Promise<string> {
      let end = rest.indexOf(10)
      while (end < 0) {
        rest = Buffer.concat([rest, await more()])
        end = rest.indexOf(10)
      }
      const line = rest.toString('latin1', 0, end)
      rest = rest.subarray(end + 1)
      return line
    },

    async take(count: number): Promise<Buffer> {
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
