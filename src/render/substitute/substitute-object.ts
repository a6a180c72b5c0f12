import type { Places } from '../decode/node-to-value.ts'
import { isPolluting } from '../decode/scalar-value.ts'
import { limits } from '../limits.ts'
import type { Notes } from '../normalize/rule.ts'
import { isRecord } from '../normalize/update-at.ts'
import type { Changed } from '../read-manifests.ts'
import { expand, type Lookup } from './expand.ts'
import { SubstitutionFault } from './fault.ts'
import { isTextField } from './text-field.ts'
import { typedScalar } from './typed-scalar.ts'

const optOut = ['landfall.dev/substitute', 'kustomize.toolkit.fluxcd.io/substitute']

type Path = readonly (string | number)[]

/**
 * The object with the variables of its texts and keys replaced, unless it says not to. A value stays
 * one value, whatever a variable holds. What cannot be replaced is a note each.
 */
export function substituteObject(
  object: unknown,
  places: Places,
  { lookup, notes }: { readonly lookup: Lookup; readonly notes: Notes },
): Changed {
  const unchanged = { value: object, places, grown: 0 }
  if (!isRecord(object) || isDisabled(object)) return unchanged
  const { kind } = object
  const originals = new WeakMap<object, object>()
  let grown = 0

  function walk(node: unknown, path: Path): unknown {
    if (Array.isArray(node)) return keepOrigin(node, walkList(node, path))
    return isRecord(node) ? keepOrigin(node, walkMap(node, path)) : node
  }

  function walkList(list: readonly unknown[], path: Path): readonly unknown[] {
    const items = list.map((item, index) => walkChild(list, item, [...path, index]))
    return items.some((item, index) => item !== list[index]) ? items : list
  }

  function walkMap(map: Readonly<Record<string, unknown>>, path: Path) {
    const changed: Record<string, unknown> = {}
    let isSame = true
    for (const [key, child] of Object.entries(map)) {
      const at = [...path, key]
      const name = replace(key, map, at) ?? key
      const value = walkChild(map, child, at)
      isSame &&= name === key && value === child
      if (isPolluting(name)) notes.problem(`the key ${name} is refused`, map)
      else if (Object.hasOwn(changed, name)) {
        notes.problem('with its variables a key appears twice in one mapping', map)
      } else changed[name] = value
    }
    return isSame ? map : changed
  }

  function walkChild(holder: object, child: unknown, path: Path): unknown {
    if (typeof child !== 'string') return walk(child, path)
    const text = replace(child, holder, path)
    if (text === undefined) return child
    const isTyped = places.isPlain(holder, path.at(-1)) && !isTextField(kind, path)
    return isTyped ? typedScalar(text) : text
  }

  /** undefined: there is nothing to replace. */
  function replace(text: string, holder: object, path: Path): string | undefined {
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
      notes.problem(`${path.join('.')}: ${error.message}`, holder)
      return undefined
    }
  }

  function keepOrigin<T extends object>(before: object, after: T): T {
    if (after !== before) originals.set(after, before)
    return after
  }

  const originalOf = (part: unknown) =>
    typeof part === 'object' && part !== null ? (originals.get(part) ?? part) : part
  const value = walk(object, [])
  return {
    value,
    grown,
    places: {
      ...places,
      lineOf: (part) => places.lineOf(originalOf(part)),
      bytesOf: (part) => places.bytesOf(originalOf(part)),
    },
  }
}

function isDisabled({ metadata }: Readonly<Record<string, unknown>>): boolean {
  if (!isRecord(metadata)) return false
  return ['labels', 'annotations'].some((field) => {
    const texts = metadata[field]
    return isRecord(texts) && optOut.some((name) => texts[name] === 'disabled')
  })
}
