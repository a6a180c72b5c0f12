import { isScalar, isSeq, parseDocument } from 'yaml'

const fields = ['resources', 'bases', 'components']

/** The kustomization with other texts for some of its bases, and else byte for byte as it was. */
export function rewriteBases(text: string, bases: ReadonlyMap<string, string>): string {
  const document = parseDocument(text, { version: '1.1', logLevel: 'silent' })
  const places = fields.flatMap((field) => {
    const list: unknown = document.get(field, true)
    const items: readonly unknown[] = isSeq(list) ? list.items : []
    return items.flatMap((item) => {
      const base = isScalar(item) ? bases.get(String(item.value)) : undefined
      if (base === undefined || !isScalar(item) || !item.range) return []
      const [start, end] = item.range
      return [{ start, end, base }]
    })
  })
  let rewritten = text
  for (const { start, end, base } of places.toSorted((one, other) => other.start - one.start)) {
    // A block has the end of its last line.
    const rest = rewritten[end - 1] === '\n' ? end - 1 : end
    rewritten = rewritten.slice(0, start) + JSON.stringify(base) + rewritten.slice(rest)
  }
  return rewritten
}
