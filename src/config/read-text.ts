import { createReadStream } from 'node:fs'

export type TextFile =
  | { readonly kind: 'ok'; readonly text: string }
  | { readonly kind: 'failed'; readonly reason: string }

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'no permission to read the file',
  EISDIR: 'a directory, not a file',
  ENOTDIR: 'no such file',
  ELOOP: 'a symbolic link to itself',
}

/** Reads UTF-8 of at most `limit` bytes and never more than that: /dev/zero has no end. */
export async function readText(path: string, limit: number): Promise<TextFile> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of createReadStream(path, { end: limit })) chunks.push(chunk as Buffer)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
    return { kind: 'failed', reason: reasons[code] ?? `the file cannot be read (${code})` }
  }
  const bytes = Buffer.concat(chunks)
  if (bytes.length > limit) return { kind: 'failed', reason: `larger than ${limit} bytes` }
  try {
    return { kind: 'ok', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch {
    return { kind: 'failed', reason: 'not UTF-8' }
  }
}
