/** One object, as a watch shows it. */
export interface SeenObject {
  readonly application: string
  readonly name: string
  readonly generation: number
  readonly isDeleted: boolean
}

export interface Generations {
  see(object: SeenObject): void
  /** What went back, and what was deleted, since the last call. */
  breaches(): string[]
}

/**
 * I2: follows which generation of its application each object is of. Once all `objects` of an
 * application have reached one, none of them may be of an older one again, or be deleted.
 */
export function followGenerations(objects: number): Generations {
  const seen = new Map<string, Map<string, number>>()
  const complete = new Map<string, number>()
  let found: string[] = []
  return {
    see({ application, name, generation, isDeleted }) {
      const reached = complete.get(application) ?? 0
      if (isDeleted) found.push(`${name} was deleted`)
      else if (generation < reached) {
        found.push(`${name} went back to ${generation} when all had reached ${reached}`)
      }
      const own = seen.get(application) ?? new Map<string, number>()
      seen.set(application, own.set(name, generation))
      if (own.size === objects) complete.set(application, Math.max(reached, lowest(own)))
    },
    breaches() {
      const all = found
      found = []
      return all
    },
  }
}

function lowest(generations: ReadonlyMap<string, number>): number {
  return Math.min(...generations.values())
}
