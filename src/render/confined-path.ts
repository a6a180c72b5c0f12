import { realpath } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'

export type Confined =
  | { readonly kind: 'inside'; readonly path: string }
  | { readonly kind: 'outside' }
  | { readonly kind: 'missing' }

/** Where a path of the repository really leads, relative to the checkout's root. */
export async function confine(root: string, from: string, path: string): Promise<Confined> {
  const base = await realpath(root)
  const lexical = join(base, from, path)
  if (!isInside(base, lexical)) return { kind: 'outside' }
  const real = await realpath(lexical).catch(() => undefined)
  if (real === undefined) return { kind: 'missing' }
  return isInside(base, real) ? { kind: 'inside', path: relative(base, real) } : { kind: 'outside' }
}

function isInside(base: string, path: string): boolean {
  return path === base || path.startsWith(base + sep)
}
