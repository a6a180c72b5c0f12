import type { Origin } from '../../domain/change.ts'
import { splitDocuments } from '../decode/split-documents.ts'
import type { Origins } from './find-origins.ts'
import { identityOf } from './origin-note.ts'

/** Where the repository has what stands at a line of the output; `elsewhere`: nobody knows. */
export function placesOf(
  output: string,
  origins: Origins,
  elsewhere: Origin,
): (line: number) => Origin {
  const documents = Array.from(splitDocuments(output), (document) => ({
    line: document.line,
    origin: origins.get(identityOf(document)) ?? elsewhere,
  }))
  return (line) => {
    let [from, to] = [0, documents.length]
    while (to - from > 1) {
      const middle = (from + to) >> 1
      if ((documents[middle]?.line ?? line) <= line) from = middle
      else to = middle
    }
    return documents[from]?.origin ?? elsewhere
  }
}
