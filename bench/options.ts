import { parseArgs } from 'node:util'

export interface BenchOptions {
  /** Names of benchmarks; empty: all. */
  readonly only: readonly string[]
  readonly rounds: number
  /** Another checkout of Landfall, to be measured beside this one. */
  readonly against: string | undefined
  /** Put the results into bench/results/<version>.json. */
  readonly json: boolean
}

export const usage = `usage: npm run -s bench -- [--only NAME]… [--rounds N] [--against CHECKOUT] [--json]`

const defaultRounds = '11'

/** undefined: they cannot be understood. */
export function readOptions(args: readonly string[]): BenchOptions | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        only: { type: 'string', multiple: true, default: [] },
        rounds: { type: 'string', default: defaultRounds },
        against: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    })
    const rounds = Number(values.rounds)
    return Number.isInteger(rounds) && rounds > 0
      ? { against: undefined, ...values, rounds }
      : undefined
  } catch {
    return undefined
  }
}
