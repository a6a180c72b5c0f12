import { readFile, stat } from 'node:fs/promises'
import { type Document, parseAllDocuments, visit } from 'yaml'
import { createRedactor } from '../domain/redact.ts'
import { createSecret } from '../domain/secret.ts'

/** To read more would hold up everything else for seconds. */
const maxFileBytes = 1024 ** 2
const maxValues = 10_000
const atOnce = 500
/** No message is longer in the end. */
const maxTextChars = 8_000

/** The documents of files, as far as each can be read; throws where they are too large. */
export async function readDocuments(files: readonly string[]): Promise<readonly Document[]> {
  const documents: Document[] = []
  let bytes = 0
  for (const file of files) {
    bytes += (await stat(file)).size
    if (bytes > maxFileBytes) throw new Error('the files are too large')
    documents.push(...documentsIn(await readFile(file, 'utf8')))
  }
  return documents
}

export function documentsIn(yaml: string): readonly Document[] {
  const documents = parseAllDocuments(yaml, { logLevel: 'silent' })
  return Array.isArray(documents) ? documents : []
}

/** Every text and number of a node, keys of mappings left out; as written and as meant. */
export function scalarsOf(node: Parameters<typeof visit>[0]): string[] {
  const found = new Set<string>()
  visit(node, {
    Scalar(key, { value, source }) {
      if (key === 'key') return
      if (typeof value === 'string' || typeof value === 'number') found.add(String(value))
      if (source !== undefined) found.add(source)
    },
  })
  return Array.from(found)
}

/** What a renderer said, with `valuesOf` masked; where they cannot be known, nothing of it. */
export async function maskSaid(
  said: string,
  valuesOf: () => Promise<readonly string[]>,
): Promise<string> {
  try {
    const values = Array.from(new Set(await valuesOf()))
    if (values.length > maxValues) throw new Error('there are too many values')
    const longestFirst = values.toSorted((one, other) => other.length - one.length)
    let text = firstOf(said)
    for (let at = 0; at < longestFirst.length; at += atOnce) {
      text = createRedactor(longestFirst.slice(at, at + atOnce).map(createSecret))(text)
    }
    return text
  } catch {
    return 'what it said is not shown, since it may hold values that are secret'
  }
}

/** Ends with a whole word: half of a value would not be known. */
function firstOf(text: string): string {
  if (text.length <= maxTextChars) return text
  return text.slice(0, maxTextChars).replace(/\S*$/, '')
}
