import type { Places } from '../decode/node-to-value.ts'
import { isPolluting } from '../decode/scalar-value.ts'
import { limits } from '../limits.ts'
import type { Notes } from '../normalize/rule.ts'
import { isRecord } from '../normalize/update-at.ts'
import type { Changed } from '../read-manifests.ts'
import { type FieldPath, rewriteObject } from '../rewrite-object.ts'
import { expand, type Lookup } from './expand.ts'
import { SubstitutionFault } from './fault.ts'
import { isTextField } from './text-field.ts'
import { typedScalar } from './typed-scalar.ts'

const optOut = ['landfall.dev/substitute', 'kustomize.toolkit.fluxcd.io/substitute']

interface SubstituteOptions {
  readonly lookup: Lookup
  readonly notes: Notes
  readonly isInSecret: (part: string) => boolean
}

/**
 * The object with the variables of its texts and keys replaced, unless it says not to. A value stays
 * one value, whatever a variable holds. What cannot be replaced is a note each.
 */
export function substituteObject(
  object: unknown,
  places: Places,
  { lookup, notes, isInSecret }: SubstituteOptions,
): Changed {
  if (!isRecord(object) || isDisabled(object)) return { value: object, places, grown: 0 }
  const { kind } = object
  let grown = 0

  /** undefined: there is nothing to replace. */
  function replace(text: string, holder: object, path: FieldPath): string | undefined {
    if (!text.includes('$')) return undefined
    try {
      const result = expand(text, lookup)
      grown += result.length - text.length
      if (grown <= limits.objectBytes) return result
      throw new SubstitutionFault(
        `with its variables it is larger than ${limits.objectBytes} bytes`,
      )
    } catch (error: unknown) {
      if (!(error instanceof SubstitutionFault)) throw error
      const parts = text.match(/\$\{#?\w+/g) ?? []
      const said = parts.some(isInSecret) ? unsaid : error.message
      notes.problem(`${path.join('.')}: ${said}`, holder)
      return undefined
    }
  }

  const rewritten = rewriteObject(object, places, {
    text(text, holder, path) {
      const result = replace(text, holder, path)
      if (result === undefined) return text
      const isTyped = places.isPlain(holder, path.at(-1)) && !isTextField(kind, path)
      return isTyped ? typedScalar(result) : result
    },
    key(key, holder, path) {
      const name = replace(key, holder, path) ?? key
      if (isPolluting(name)) notes.problem(`the key ${name} is refused`, holder)
      return name
    },
    twice: (_key, holder) =>
      notes.problem('with its variables a key appears twice in one mapping', holder),
  })
  return { ...rewritten, grown }
}

/** The name of the variable may be a part of a password. */
const unsaid =
  'a decrypted value has a variable in it that is not defined, or malformed; write $${ for the text ' +
  'itself, or annotate the object with landfall.dev/substitute: disabled'

function isDisabled({ metadata }: Readonly<Record<string, unknown>>): boolean {
  if (!isRecord(metadata)) return false
  return ['labels', 'annotations'].some((field) => {
    const texts = metadata[field]
    return isRecord(texts) && optOut.some((name) => texts[name] === 'disabled')
  })
}
