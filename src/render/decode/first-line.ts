import type { DocumentText } from './split-documents.ts'

/** Of the document's content: no separator, comment or blank line. */
export function firstLine({ text, line }: DocumentText): number {
  const start = /^---[^\n]*\n/.exec(text)?.[0].length ?? 0
  const blank = /^(?:[ \t]*(?:#[^\n]*)?\n)*/.exec(text.slice(start))?.[0] ?? ''
  return line + (start > 0 ? 1 : 0) + blank.split('\n').length - 1
}
