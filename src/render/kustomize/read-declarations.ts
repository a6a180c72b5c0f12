import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { splitDocuments } from '../decode/split-documents.ts'
import { limits } from '../limits.ts'
import type { Pace } from '../pace.ts'
import { type Declaration, declarationsIn } from './declarations.ts'

/** Of files of a checkout, by their bytes; of none where that would be more than a render may be. */
export async function readDeclarations(
  root: string,
  files: ReadonlyMap<string, number>,
  pace: Pace,
): Promise<readonly Declaration[]> {
  let bytes = 0
  for (const size of files.values()) bytes += size
  if (bytes > limits.bytes) return []
  const found: Declaration[] = []
  let documents = 0
  for (const file of files.keys()) {
    // What is not in a checkout declares nothing.
    const text = await readFile(join(root, file), 'utf8').catch(() => '')
    for (const document of splitDocuments(text)) {
      documents += 1
      if (documents > 2 * limits.objects) return []
      found.push(...declarationsIn(document, file))
      await pace()
    }
  }
  return found
}
