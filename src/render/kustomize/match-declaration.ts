import type { Declaration, Named } from './declarations.ts'
import type { Declaring } from './declaring.ts'

type Affixes = Pick<Declaring, 'prefixes' | 'suffixes'>

/**
 * Which of them an object may have been before kustomize put something before and behind its name:
 * those with the longest name, and of these those in its namespace, if there are such.
 */
export function createMatch(
  declarations: readonly Declaration[],
  affixes: Affixes,
): (object: Named) => readonly Declaration[] {
  const byName = Map.groupBy(declarations, keyOf)
  return (object) => {
    for (const name of barerNames(object, affixes)) {
      const alike = byName.get(keyOf({ ...object, name })) ?? []
      const beside = alike.filter(({ namespace }) => namespace === object.namespace)
      if (alike.length > 0) return beside.length > 0 ? beside : alike
    }
    return []
  }
}

/** A version may be converted; a group may not. */
function keyOf({ apiVersion, kind, name }: Named): string {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
  return JSON.stringify([group, kind, name])
}

// kustomize writes digits and letters of a hash so that they form no word.
const hash = /-[2456789bcdfghkmt]{10}$/
const hashedKinds = new Set(['ConfigMap', 'Secret'])

/** The name, and what is left of it without what may have been put around it; the longest first. */
function barerNames({ kind, name }: Named, { prefixes, suffixes }: Affixes): readonly string[] {
  const hashed = hashedKinds.has(kind) ? hash.exec(name) : null
  const behind = hashed === null ? [0] : [0, hashed[0].length]
  const starts = lengthsOf(prefixes, [0], (one, length) => name.startsWith(one, length))
  const ends = lengthsOf(suffixes, behind, (one, length) =>
    name.endsWith(one, name.length - length),
  )
  const names = starts.flatMap((start) => ends.map((end) => name.slice(start, -end || undefined)))
  return names.sort((one, other) => other.length - one.length)
}

// Nobody nests so many; a hostile name could be cut at each letter.
const maxLengths = 32

/** Of what can be taken away, one affix after the other. */
function lengthsOf(
  affixes: ReadonlySet<string>,
  from: readonly number[],
  fits: (affix: string, length: number) => boolean,
): readonly number[] {
  const lengths = new Set(from)
  for (const length of lengths) {
    for (const affix of affixes) if (fits(affix, length)) lengths.add(length + affix.length)
    if (lengths.size >= maxLengths) break
  }
  return [...lengths]
}
