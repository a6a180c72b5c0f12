import type { Change } from '../domain/change.ts'
import { asStageError, type StageError } from '../domain/error.ts'
import type { InventoryEntry } from '../domain/inventory.ts'
import { bareRef } from '../domain/kube-object.ts'
import { mapInFlight, requestsInFlight } from './in-flight.ts'
import type { Neighbour } from './neighbours.ts'
import { partOfLabel } from './place-objects.ts'
import { readExisting } from './read-existing.ts'
import type { Target } from './target.ts'

/** An object that Git no longer has here, since another application has it in the same commit. */
export interface Inherited {
  readonly entry: InventoryEntry
  readonly heir: string
  /** Why it is not known whether that one has it. */
  readonly doubt: StageError | undefined
  /** It has taken the object over; else it is to be left alone until then. */
  readonly isTaken: boolean
}

/**
 * Which of the removed objects have moved to another application by this commit. They are never
 * deleted here, neither where whoever may have them does not render.
 */
export async function findInherited(
  target: Target,
  removed: readonly InventoryEntry[],
): Promise<Inherited[]> {
  // One after the other: a neighbour is rendered once and answers from memory then.
  const moved = await mapInFlight(removed, 1, async (entry) => {
    const heir = await findHeir(target, entry)
    return heir === undefined ? [] : [{ entry, ...heir }]
  })
  return mapInFlight(moved.flat(), requestsInFlight, async (one) => {
    return { ...one, isTaken: await isTaken(target, one.entry) }
  })
}

/** Each may clone, fetch charts and run Helm. */
const rendersInFlight = 2

type Heir = Pick<Inherited, 'heir' | 'doubt'>

async function findHeir({ neighbours }: Target, entry: InventoryEntry): Promise<Heir | undefined> {
  const asked = neighbours.all.filter((neighbour) => neighbour.mayHave(entry))
  let certain: Heir | undefined
  const answers = await mapInFlight(asked, rendersInFlight, async (neighbour) => {
    if (certain !== undefined) return undefined
    const heir = await ask(neighbour, entry)
    if (heir !== undefined && heir.doubt === undefined) certain = heir
    return heir
  })
  return certain ?? answers.find((answer) => answer !== undefined)
}

async function ask(neighbour: Neighbour, entry: InventoryEntry): Promise<Heir | undefined> {
  const heir = neighbour.name
  try {
    return (await neighbour.has(entry)) ? { heir, doubt: undefined } : undefined
  } catch (error) {
    return { heir, doubt: asStageError(error) }
  }
}

async function isTaken(target: Target, entry: InventoryEntry): Promise<boolean> {
  const live = await readExisting(target, entry)
  return live !== undefined && live.metadata.labels?.[partOfLabel] !== target.partOf
}

export function inheritedChanges(inherited: readonly Inherited[]): Change[] {
  return inherited.map((one) => ({
    ref: bareRef(one.entry),
    action: 'skipped',
    message: tellInherited(one),
    origin: undefined,
  }))
}

export function tellInherited({ heir, doubt, isTaken }: Inherited): string {
  if (isTaken) return `application ${heir} has it now`
  return doubt === undefined
    ? `no longer in Git here, but kept: application ${heir} has it in the same commit and takes it over`
    : `no longer in Git here, but kept: application ${heir} may have it and does not render: ${doubt.text}`
}
