import type { Desired } from '../domain/change.ts'
import { createRedactor, type Redact } from '../domain/redact.ts'
import { createSecret } from '../domain/secret.ts'
import { isRecord } from './canonical-json.ts'

// A key or a certificate in full is no word of a log, and each value costs at every look.
const longestValue = 4_096
const mostValues = 500

/** Masks the values of the Secrets that the commit declares; made when first used. */
export function createLogRedactor(desired: readonly Desired[]): Redact {
  let redact: Redact | undefined
  return (text) => {
    redact ??= createRedactor(desired.flatMap(valuesOf).slice(0, mostValues).map(createSecret))
    return redact(text)
  }
}

/** Rendered objects have all of their values in `data`, as base64. */
function valuesOf({ ref, object }: Desired): string[] {
  if (ref.kind !== 'Secret' || ref.group !== '') return []
  const data = isRecord(object['data']) ? Object.values(object['data']) : []
  return data
    .filter((value) => typeof value === 'string')
    .map((value) => Buffer.from(value, 'base64').toString('utf8'))
    .filter((value) => value.length <= longestValue)
}
