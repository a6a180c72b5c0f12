import { createHash } from 'node:crypto'
import type { RenderOptions, Substitution } from '../../domain/application.ts'
import type { Change } from '../read-manifests.ts'
import type { Lookup } from './expand.ts'
import { substituteObject } from './substitute-object.ts'

/**
 * What the options say to do to each object; undefined: nothing. `isInSecret`: whether that is a
 * part of what was decrypted.
 */
export function substitutionOf(
  { substitute }: RenderOptions,
  isInSecret: (part: string) => boolean,
): Change | undefined {
  if (substitute === undefined) return undefined
  const lookup = lookupIn(substitute)
  return (value, places, notes) => substituteObject(value, places, { lookup, notes, isInSecret })
}

function lookupIn({ variables, strict }: Substitution): Lookup {
  const values = new Map(valuesOf(variables))
  return (name) => values.get(name) ?? (strict ? undefined : '')
}

/** As Flux does it: without line breaks, so that none can begin another line of YAML. */
function valuesOf(variables: Substitution['variables']): [string, string][] {
  return Object.entries(variables).map(([name, value]) => [
    name,
    (typeof value === 'string' ? value : value.reveal()).replace(/\r?\n/g, ''),
  ])
}

/** Stands for the variables in a key; '' where there are none to be replaced. */
export function substitutionKey({ substitute }: RenderOptions): string {
  if (substitute === undefined) return ''
  const sorted = valuesOf(substitute.variables).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256')
    .update(JSON.stringify([sorted, substitute.strict]))
    .digest('hex')
}
