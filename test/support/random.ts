import { randomInt } from 'node:crypto'
import type { Test } from 'tap'

/** Numbers that come again with the same seed. */
export interface Random {
  readonly seed: number
  /** From 0 up to but not including `below`. */
  integer(below: number): number
  pick<T>(items: readonly T[]): T
}

/** Seeded by FAULT_SEED, or else anew; says with which. */
export function createRandom(t: Pick<Test, 'comment'>): Random {
  const seed = Number(process.env['FAULT_SEED'] ?? randomInt(2 ** 31))
  t.comment(`FAULT_SEED=${seed}`)
  let state = seed
  // mulberry32
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const integer = (below: number) => Math.floor(next() * below)
  return {
    seed,
    integer,
    pick(items) {
      const [first] = items.slice(integer(items.length))
      if (first === undefined) throw new Error('nothing to pick from')
      return first
    },
  }
}
