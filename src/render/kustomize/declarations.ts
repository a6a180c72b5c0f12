import type { Origin } from '../../domain/change.ts'
import { decodeHead } from '../decode/decode-head.ts'
import { firstLine } from '../decode/first-line.ts'
import { flattenLists } from '../decode/flatten-lists.ts'
import type { DocumentText } from '../decode/split-documents.ts'
import { isRecord } from '../normalize/update-at.ts'

/** What an object is called. */
export interface Named {
  readonly apiVersion: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

/** What an object is called where it is declared. */
export interface Declaration extends Named, Origin {}

/** Nothing where it cannot be read. */
export function declarationsIn(document: DocumentText, file: string): readonly Declaration[] {
  const decoded = decodeHead(document)
  if (decoded.kind !== 'value') return []
  const first = firstLine(document)
  return [...flattenLists(decoded.value)].filter(isRecord).map((item) => {
    const line = item === decoded.value ? first : (decoded.places.lineOf(item) ?? first)
    return { ...namedIn(item), file, line }
  })
}

export function namedIn({ apiVersion, kind, metadata }: Readonly<Record<string, unknown>>): Named {
  const { namespace, name, generateName } = isRecord(metadata) ? metadata : {}
  return {
    apiVersion: textOf(apiVersion),
    kind: textOf(kind),
    namespace: textOf(namespace),
    name: textOf(name ?? generateName),
  }
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
