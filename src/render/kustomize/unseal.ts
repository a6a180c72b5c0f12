import { isRecord, omit } from '../normalize/update-at.ts'
import type { Change } from '../read-manifests.ts'
import { rewriteObject } from '../rewrite-object.ts'
import { tokenStart, tokensIn } from '../sops/encrypted-value.ts'
import type { Opened, SopsValue } from '../sops/opened.ts'

/** A file as it is in the commit, and what is in it. */
export interface SealedFile {
  readonly sealed: Buffer
  readonly opened: Opened
}

/**
 * kustomize works on the encrypted files and sees nothing in clear; this puts the values in the
 * place of what stands for them, wherever it has moved that: into a Secret of a generator, too.
 */
export function unsealing(files: readonly SealedFile[]): Change {
  const values = new Map(
    files.flatMap(({ opened }) => opened.values.map(({ token, value }) => [token, value] as const)),
  )
  const contents = new Map(
    files.map(({ sealed, opened }) => [sealed.toString('base64'), opened.content] as const),
  )
  return (object, places, notes) => {
    if (!isRecord(object)) return { value: object, places, grown: 0 }
    const unsealOne = (text: string, field: unknown) =>
      field === 'data' || field === 'binaryData'
        ? unsealData(text, values, contents)
        : unseal(text, values)
    const isOpen = object['kind'] === 'ConfigMap' && !isRecord(object['sops'])
    const rewritten = rewriteObject(object, places, {
      text(text, holder, path) {
        const plain = unsealOne(text, path[0])
        if (isOpen && plain !== text) notes.problem(`${path.join('.')}: ${tooOpen}`, holder)
        return plain
      },
    })
    const value = withoutMetadata(rewritten.value as Readonly<Record<string, unknown>>)
    const lineOf = (part: unknown) =>
      rewritten.places.lineOf(part === value ? rewritten.value : part)
    const bytesOf = (part: unknown) =>
      rewritten.places.bytesOf(part === value ? rewritten.value : part)
    return { value, places: { ...rewritten.places, lineOf, bytesOf }, grown: 0 }
  }
}

const tooOpen = 'it comes from an encrypted file; use a secretGenerator, or a Secret'

type Values = ReadonlyMap<string, SopsValue>

function unseal(text: string, values: Values): SopsValue {
  if (!text.includes(tokenStart)) return text
  return values.get(text) ?? text.replace(tokensIn, (token) => String(values.get(token) ?? token))
}

/** Of a generator: a whole file, or a value of an env file; else base64 that was encrypted. */
function unsealData(text: string, values: Values, contents: ReadonlyMap<string, Buffer>) {
  if (text.includes(tokenStart)) return unseal(text, values)
  // Long ones are broken into lines.
  const base64 = text.replace(/\s/g, '')
  const content = contents.get(base64)
  if (content !== undefined) return content.toString('base64')
  const bytes = Buffer.from(base64, 'base64')
  if (!bytes.includes(tokenStart)) return text
  return Buffer.from(String(unseal(bytes.toString('utf8'), values))).toString('base64')
}

/** Without what SOPS wrote beside the values, in a manifest or in an env file. */
function withoutMetadata(object: Readonly<Record<string, unknown>>) {
  const bare = isRecord(object['sops']) ? omit(object, ['sops']) : object
  const { data } = bare
  if (!isRecord(data) || !('sops_mac' in data && 'sops_version' in data)) return bare
  const names = Object.keys(data).filter((name) => name.startsWith('sops_'))
  return { ...bare, data: omit(data, names) }
}
