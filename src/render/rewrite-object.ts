import type { Places } from './decode/node-to-value.ts'
import { isRecord } from './normalize/update-at.ts'

export type FieldPath = readonly (string | number)[]

/** What becomes of the texts of an object; the very same text: it stays. */
export interface Rewriting {
  /** `holder` is the mapping or list it stands in, as decoded. */
  text(text: string, holder: object, path: FieldPath): unknown
  key?(key: string, holder: object, path: FieldPath): string
  /** Told of a key that another one has become. */
  twice?(key: string, holder: object): void
}

/** The value with its texts rewritten, and the places of what was copied for it. */
export function rewriteObject(value: unknown, places: Places, rewriting: Rewriting) {
  const originals = new WeakMap<object, object>()

  function walk(node: unknown, path: FieldPath): unknown {
    const after = Array.isArray(node)
      ? walkList(node, path)
      : isRecord(node)
        ? walkMap(node, path)
        : node
    if (after !== node) originals.set(after as object, node as object)
    return after
  }

  function walkList(list: readonly unknown[], path: FieldPath): readonly unknown[] {
    const items = list.map((item, index) => walkChild(list, item, [...path, index]))
    return items.some((item, index) => item !== list[index]) ? items : list
  }

  function walkMap(map: Readonly<Record<string, unknown>>, path: FieldPath) {
    const after: Record<string, unknown> = {}
    let isSame = true
    for (const [key, child] of Object.entries(map)) {
      const at = [...path, key]
      const name = rewriting.key?.(key, map, at) ?? key
      const changed = walkChild(map, child, at)
      isSame &&= name === key && changed === child
      if (Object.hasOwn(after, name)) rewriting.twice?.(name, map)
      else after[name] = changed
    }
    return isSame ? map : after
  }

  function walkChild(holder: object, child: unknown, path: FieldPath): unknown {
    return typeof child === 'string' ? rewriting.text(child, holder, path) : walk(child, path)
  }

  const after = walk(value, [])
  return { value: after, places: placesBehind(places, originals) }
}

/** Where copies stand is where their originals stood. */
function placesBehind(places: Places, originals: WeakMap<object, object>): Places {
  const originalOf = <T>(part: T) =>
    typeof part === 'object' && part !== null ? (originals.get(part) ?? part) : part
  return {
    lineOf: (part) => places.lineOf(originalOf(part)),
    bytesOf: (part) => places.bytesOf(originalOf(part)),
    isPlain: (holder, key) => places.isPlain(originalOf(holder), key),
  }
}
