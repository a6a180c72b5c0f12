import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
} from 'yaml'
import { refuseUnread } from '../decode/refuse-unread.ts'
import { splitDocuments } from '../decode/split-documents.ts'
import { limits } from '../limits.ts'
import { decryptValue, isToken } from './encrypted-value.ts'
import { SopsFault } from './fault.ts'
import type { Mac } from './mac.ts'
import { type OpenedValue, valueOf } from './opened.ts'
import { hashedScalar } from './plain-scalar.ts'

/** Every text between these places of a document is replaced. */
interface Edit {
  readonly from: number
  readonly to: number
  readonly text: string
}

type Path = readonly string[]
type Document = ReturnType<typeof parseYaml>

/** What `sops:` of the first document holds. Throws SopsFault. */
export function metadataInYaml(text: string): unknown {
  for (const document of splitDocuments(text)) {
    const { contents } = parseYaml(document.text)
    // Without its document an alias stays one, and is no metadata.
    if (isMap(contents)) return (contents.get('sops', true) as Node | undefined)?.toJSON()
  }
  return undefined
}

/**
 * The same text with each encrypted value in clear and without `sops:`; lines and comments stay
 * where they are. YAML and JSON. Throws SopsFault.
 */
export function openYaml(text: string, key: Buffer, mac: Mac) {
  const values: OpenedValue[] = []
  let content = ''
  for (const document of splitDocuments(text)) {
    const edits = openDocument(parseYaml(document.text), { key, mac, values })
    content += applyEdits(document.text, edits)
  }
  return { content, values }
}

// Every scalar a text, as it is written: what it means is told by its type and Go's rules.
function parseYaml(text: string) {
  const refusal = refuseUnread(text)
  if (refusal !== undefined) throw new SopsFault(refusal.message)
  const options = { schema: 'failsafe', uniqueKeys: false, logLevel: 'silent' } as const
  const document = parsed(text, { ...options, prettyErrors: false })
  if (document.errors.length > 0) throw new SopsFault('it is not valid YAML')
  return document
}

function parsed(...args: Parameters<typeof parseDocument>) {
  try {
    return parseDocument(...args)
  } catch (error: unknown) {
    if (!(error instanceof RangeError)) throw error
    throw new SopsFault(`it is nested deeper than ${limits.depth} levels`)
  }
}

interface Opening {
  readonly key: Buffer
  readonly mac: Mac
  readonly values: OpenedValue[]
}

function openDocument({ contents }: Document, opening: Opening): Edit[] {
  const edits: Edit[] = []
  const isInObject = isMap(contents) && contents.has('apiVersion') && contents.has('kind')

  function walk(node: unknown, path: Path): void {
    if (isAlias(node)) throw new SopsFault('it has an alias, which SOPS does not write')
    if (isSeq(node)) for (const item of node.items) walk(item, path)
    else if (isMap(node)) for (const pair of node.items) walkPair(pair, path)
    else if (isScalar(node)) openScalar(node, path)
  }

  function walkPair({ key, value }: Pair, path: Path): void {
    if (!isScalar(key)) throw new SopsFault('it has a key that is no text')
    const name = String(key.value)
    if (path.length === 0 && name === 'sops') edits.push(removal(key, value))
    else walk(value, [...path, name])
  }

  function openScalar(node: Scalar, path: Path): void {
    const token = String(node.value)
    if (!isToken(token)) {
      opening.mac.plain(hashedScalar(node) ?? '')
      return
    }
    const decrypted = decryptValue(token, opening.key, path)
    opening.mac.decrypted(decrypted)
    const value = valueOf(decrypted)
    opening.values.push({ token, path, value, isInObject })
    const [from = 0, to = 0] = node.range ?? []
    edits.push({ from, to, text: JSON.stringify(value) })
  }

  walk(contents, [])
  return edits
}

function removal(key: Scalar, value: unknown): Edit {
  const [from = 0] = key.range ?? []
  const to = (value as { range?: readonly number[] } | null)?.range?.[1] ?? from
  return { from, to, text: '' }
}

function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = ''
  let at = 0
  for (const { from, to, text: replacement } of edits) {
    result += withoutComments(text.slice(at, from)) + replacement
    at = to
  }
  return result + withoutComments(text.slice(at))
}

// Comments are encrypted too.
function withoutComments(text: string): string {
  return text.replace(/#ENC\[AES256_GCM,[\w+/=,:]+,type:comment\]/g, '#')
}
