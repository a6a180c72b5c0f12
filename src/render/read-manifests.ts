import type { KubeObject } from '../domain/kube-object.ts'
import { decodeYaml } from './decode/decode-yaml.ts'
import { firstLine } from './decode/first-line.ts'
import { flattenLists } from './decode/flatten-lists.ts'
import type { Places } from './decode/node-to-value.ts'
import { type DocumentText, splitDocuments } from './decode/split-documents.ts'
import { deepFreeze } from './deep-freeze.ts'
import { limits } from './limits.ts'
import { normalizeObject } from './normalize/normalize-object.ts'
import type { Notes } from './normalize/rule.ts'
import { isRecord } from './normalize/update-at.ts'
import type { Pace } from './pace.ts'
import type { Problem } from './problem.ts'
import { refuseEncrypted } from './sops/refuse-encrypted.ts'

/** The objects of one text, frozen, with the line of each and about its bytes of JSON. */
export interface Manifests {
  readonly objects: readonly Manifest[]
  readonly warnings: readonly { readonly line: number; readonly message: string }[]
  readonly problems: readonly Problem[]
}

export interface Manifest {
  readonly object: KubeObject
  readonly line: number
  readonly bytes: number
}

interface Draft {
  objects: Manifest[]
  warnings: { line: number; message: string }[]
  problems: Problem[]
}

/** An object as it is to be read in the place of another. */
export interface Changed {
  readonly value: unknown
  readonly places: Places
  /** By how many bytes it became larger. */
  readonly grown: number
}

/** What is done to each object before it is normalised. */
export type Change = (value: unknown, places: Places, notes: Notes) => Changed

/** Reads every document, flattens lists, normalises. Throws only what `pace` throws. */
export async function readManifests(
  content: Buffer,
  pace: Pace,
  change: Change = asItIs,
): Promise<Manifests> {
  const draft: Draft = { objects: [], warnings: [], problems: [] }
  const text = decodeUtf8(content)
  if (text === undefined) {
    draft.problems.push({ code: 'RENDER_INVALID', line: 1, message: 'it is not UTF-8 text' })
    return draft
  }
  let documents = 0
  for (const document of splitDocuments(text)) {
    documents += 1
    if (documents > 2 * limits.objects) {
      draft.problems.push(tooMany(document.line))
      break
    }
    readDocument(document, change, draft)
    await pace()
  }
  return draft
}

/** One change after the other; undefined: none. */
export function inOrder(first: Change | undefined, second: Change | undefined): Change {
  if (first === undefined) return second ?? asItIs
  if (second === undefined) return first
  return (value, places, notes) => {
    const once = first(value, places, notes)
    const twice = second(once.value, once.places, notes)
    return { ...twice, grown: once.grown + twice.grown }
  }
}

function asItIs(value: unknown, places: Places): Changed {
  return { value, places, grown: 0 }
}

function decodeUtf8(content: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content)
  } catch {
    return undefined
  }
}

function tooMany(line: number): Problem {
  return { code: 'RENDER_LIMIT', line, message: `there are more than ${limits.objects} objects` }
}

function readDocument(document: DocumentText, change: Change, draft: Draft): void {
  if (/^(?:---)?\s*$/.test(document.text)) return
  const decoded = decodeYaml(document)
  if (decoded.kind === 'bad') draft.problems.push(...decoded.problems)
  if (decoded.kind !== 'value') return
  for (const item of flattenLists(decoded.value)) {
    const line = decoded.places.lineOf(item) ?? firstLine(document)
    const before = draft.problems.length
    const changed = change(item, decoded.places, notesOn(item, decoded.places, { line, draft }))
    if (draft.problems.length === before) readObject(changed, line, draft)
  }
}

function readObject({ value, places, grown }: Changed, line: number, draft: Draft): void {
  const notes = notesOn(value, places, { line, draft })
  const bytes = places.bytesOf(value) + Math.max(grown, 0)
  if (bytes > limits.objectBytes) {
    const message = `it is larger than ${limits.objectBytes} bytes`
    draft.problems.push({ code: 'RENDER_LIMIT', line, ...named(value), message })
    return
  }
  const before = draft.problems.length
  refuseEncrypted(value, notes)
  if (draft.problems.length > before) return
  const object = normalizeObject(value, notes)
  if (object === undefined || draft.problems.length > before) return
  if (draft.objects.length >= limits.objects) draft.problems.push(tooMany(line))
  else draft.objects.push({ object: deepFreeze(object), line, bytes })
}

function notesOn(
  value: unknown,
  places: Places,
  { line, draft }: { readonly line: number; readonly draft: Draft },
): Notes {
  const name = nameOf(value)
  return {
    problem: (message, at) => {
      const place = places.lineOf(at) ?? line
      draft.problems.push({ code: 'RENDER_INVALID', line: place, ...named(value), message })
    },
    warn: (message, at) => {
      const place = places.lineOf(at) ?? line
      const text = name === undefined ? message : `${name}: ${message}`
      draft.warnings.push({ line: place, message: text })
    },
  }
}

function named(value: unknown): { object?: string } {
  const name = nameOf(value)
  return name === undefined ? {} : { object: name }
}

function nameOf(value: unknown): string | undefined {
  if (!isRecord(value) || typeof value['kind'] !== 'string') return undefined
  const metadata = value['metadata']
  const name = isRecord(metadata) ? metadata['name'] : undefined
  return typeof name === 'string' ? `${value['kind']} ${name}` : value['kind']
}
