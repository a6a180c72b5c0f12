import { decodeYaml } from './decode-yaml.ts'
import type { Decoded } from './node-to-value.ts'
import type { DocumentText } from './split-documents.ts'

/**
 * What a document is and how it is called, at a tenth of the price of all of it; all of it where
 * that is not plain to see, and in a list, where more counts.
 */
export function decodeHead({ text, line }: DocumentText): Decoded {
  const head = headOf(text)
  const decoded = head === undefined ? undefined : decodeYaml({ text: head, line })
  return decoded?.kind === 'value' ? decoded : decodeYaml({ text, line })
}

// A field with the lines that are indented below it. A dot would end at more than line feeds.
const fields = /^(?:apiVersion|kind|metadata)[ \t]*:[^\n]*\n(?:(?:[ \t\r#][^\n]*)?\n)*/gm
const listKind = /^kind[ \t]*:.*List/m

function headOf(text: string): string | undefined {
  const head = `${text}\n`.match(fields) ?? []
  return head.length === 3 && !listKind.test(text) ? head.join('') : undefined
}
