import type { Declaration, Named } from './declarations.ts'

export type Matched =
  | { readonly kind: 'found'; readonly line: number }
  /** Of those, but which? */
  | { readonly kind: 'several' }
  | { readonly kind: 'none' }

/**
 * Which of them an object was before kustomize put something before and behind its name: that with
 * the longest name that is part of the object's.
 */
export function matchDeclaration(declared: readonly Declaration[], object: Named): Matched {
  const alike = declared.filter(
    ({ apiVersion, kind }) => apiVersion === object.apiVersion && kind === object.kind,
  )
  if (alike.length === 0) return { kind: 'none' }
  const named = alike.filter(({ name }) => object.name.includes(name))
  const longest = named.reduce((length, { name }) => Math.max(length, name.length), 0)
  const closest = named.filter(({ name }) => name.length === longest)
  const beside = closest.filter(({ namespace }) => namespace === object.namespace)
  const [found] = [closest, beside, alike].find(({ length }) => length === 1) ?? []
  return found === undefined ? { kind: 'several' } : { kind: 'found', line: found.line }
}
