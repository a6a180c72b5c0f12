import type { Origin } from '../../domain/change.ts'
import { decodeHead } from '../decode/decode-head.ts'
import { type DocumentText, splitDocuments } from '../decode/split-documents.ts'
import { isRecord } from '../normalize/update-at.ts'
import type { Change } from '../read-manifests.ts'
import { type Named, namedIn } from './declarations.ts'
import type { LocateOrigin } from './locate-origin.ts'

/** What stands at a line of kustomize's output, before anything is changed of it. */
export interface Output {
  readonly text: string
  readonly named: ReadonlyMap<number, Named>
}

/** Notes the names of objects by their lines, before that change is made. */
export function notingNames(change: Change, named: Map<number, Named>): Change {
  return (value, places, notes) => {
    const line = places.lineOf(value)
    if (line !== undefined && isRecord(value)) named.set(line, namedIn(value))
    return change(value, places, notes)
  }
}

/** Where the repository has what stands at a line of the output; `elsewhere`: nobody knows. */
export function placesOf(
  { text, named }: Output,
  locate: LocateOrigin,
  elsewhere: Origin,
): (line: number) => Origin {
  let documents: readonly DocumentText[] | undefined
  const origins = new Map<DocumentText | undefined, Origin>()

  // Of a part of an object, or of what could not be read to its end.
  function within(line: number): Origin {
    documents ??= [...splitDocuments(text)]
    const document = documents.findLast((one) => one.line <= line)
    const origin = origins.get(document) ?? originOf(document) ?? elsewhere
    origins.set(document, origin)
    return origin
  }

  function originOf(document: DocumentText | undefined): Origin | undefined {
    const decoded = document && decodeHead(document)
    if (decoded?.kind !== 'value' || !isRecord(decoded.value)) return undefined
    return locate(namedIn(decoded.value))
  }

  return (line) => {
    const object = named.get(line)
    return object === undefined ? within(line) : (locate(object) ?? elsewhere)
  }
}
