import type { Scope } from '../test/support/scope.ts'

export interface Benchmark {
  /** For `--only`. */
  readonly name: string
  readonly title: string
  run(context: BenchContext): Promise<Report>
}

export interface BenchContext {
  /** Ends with the benchmark. */
  readonly scope: Scope
  /** How often what is compared is measured, turn by turn. */
  readonly rounds: number
  /** The Landfall to measure, built as it is shipped. */
  readonly program: string
  /** Another one, to be measured beside it. */
  readonly against: string | undefined
}

/** Cells by column; all rows of a report have the same columns. */
export type Row = Readonly<Record<string, string | number>>

export interface Report {
  readonly rows: readonly Row[]
  readonly gates: readonly Gate[]
}

/** A count that must hold on any machine; times never are one. */
export interface Gate {
  readonly fact: string
  readonly holds: boolean
}

export function atMost(what: string, count: number, limit: number): Gate {
  return { fact: `${what}: ${count}, at most ${limit}`, holds: count <= limit }
}

export function exactly(what: string, count: number, expected: number): Gate {
  return { fact: `${what}: ${count} of ${expected}`, holds: count === expected }
}
