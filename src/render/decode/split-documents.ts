/** One document's text; `line` is the 1-based line of the file it begins at. */
export interface DocumentText {
  readonly text: string
  readonly line: number
}

/**
 * Splits at lines that begin with `---`, which end a document wherever they stand: a scalar cannot
 * hold one at the margin. Directives stay with the document they introduce.
 */
export function* splitDocuments(text: string): Generator<DocumentText> {
  let start = text.charCodeAt(0) === 0xfeff ? 1 : 0
  let line = 1
  const separator = /^---(?=\s|$)/gm
  for (const { index } of text.matchAll(separator)) {
    const chunk = text.slice(start, index)
    if (index === start || isPreamble(chunk)) continue
    yield { text: chunk, line }
    line += countLines(chunk)
    start = index
  }
  yield { text: text.slice(start), line }
}

// Directives, with nothing but comments around them.
function isPreamble(chunk: string): boolean {
  return /^%/m.test(chunk) && chunk.split('\n').every((line) => /^[%#]|^\s*$/.test(line))
}

function countLines(text: string): number {
  let lines = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1
  return lines
}
