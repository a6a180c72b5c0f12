import type { Origin } from '../../domain/change.ts'
import type { Declaration, Named } from './declarations.ts'
import type { Declaring, Pin } from './declaring.ts'
import { createMatch } from './match-declaration.ts'
import { repositoryAt } from './remote-base.ts'

/** Where a commit declares an object; undefined: nobody can tell. */
export type LocateOrigin = (object: Named) => Origin | undefined

export function createLocateOrigin(
  { generated, charts, pins, ...affixes }: Declaring,
  declarations: readonly Declaration[],
): LocateOrigin {
  const match = createMatch([...declarations, ...generated], affixes)
  const chart = onlyPlace(charts, pins)
  return (object) => {
    const matched = match(object)
    return matched.length === 0 ? chart : onlyPlace(matched, pins)
  }
}

/** The first, where all are in one file. */
function onlyPlace(origins: readonly Origin[], pins: readonly Pin[]): Origin | undefined {
  const [first] = origins
  if (first === undefined) return undefined
  const place = ownPlace(first, pins)
  const isOnly = origins.every(
    (origin) => origin.file === first.file || ownPlace(origin, pins)?.file === place?.file,
  )
  return isOnly ? place : undefined
}

/** What is in another repository is where this one names that; undefined: in several places. */
function ownPlace({ file, line }: Origin, pins: readonly Pin[]): Origin | undefined {
  if (repositoryAt(file) === '') return { file, line }
  const known = pins.filter(({ folder }) => repositoryAt(folder) === repositoryAt(file))
  const nearest = known.filter(({ folder }) => file.startsWith(`${folder}/`))
  const [pin] = [nearest, known].find(({ length }) => length === 1) ?? []
  return pin?.origin
}
