import { z } from 'zod'
import { parseDuration } from '../duration.ts'
import { text } from './text.ts'

const hint = 'a duration such as 3m, 500ms or 1h30m'
const minMs = 1_000
const maxMs = 24 * 3_600_000

/** Milliseconds, between 1 s and 24 h. */
export const Duration = text(hint)
  .meta({ pattern: '^([0-9]+(ms|s|m|h))+$' })
  .transform((value, context) => {
    const ms = parseDuration(value)
    if (ms !== undefined && ms >= minMs && ms <= maxMs) return ms
    context.addIssue(
      ms === undefined
        ? `not a duration, write ${hint}`
        : `${ms < minMs ? 'shorter than 1s' : 'longer than 24h'}, write between 1s and 24h`,
    )
    return z.NEVER
  })
