import { parse } from 'secure-json-parse'
import { StageError } from '../domain/error.ts'

const quote = 0x22
const backslash = 0x5c
const openings = new Set([0x5b, 0x7b])
const closings = new Set([0x5d, 0x7d])

/**
 * The JSON of verified bytes. Throws DELIVERY_MALFORMED for what is none, for nesting beyond
 * `depthLimit` and for keys that would reach a prototype.
 */
export function parseJson(bytes: Buffer, depthLimit: number): unknown {
  // 10 MB of brackets hold JSON.parse for seconds without an error.
  if (isDeeper(bytes, depthLimit)) {
    throw new StageError('DELIVERY_MALFORMED', `the body is nested deeper than ${depthLimit}`)
  }
  try {
    return parse(bytes.toString('utf8'), { protoAction: 'error', constructorAction: 'error' })
  } catch (error: unknown) {
    throw new StageError('DELIVERY_MALFORMED', 'the body is no acceptable JSON', { cause: error })
  }
}

function isDeeper(bytes: Buffer, limit: number): boolean {
  let depth = 0
  let inString = false
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] ?? 0
    if (inString) {
      if (byte === backslash) index += 1
      else if (byte === quote) inString = false
    } else if (byte === quote) inString = true
    else if (openings.has(byte)) depth += 1
    else if (closings.has(byte)) depth -= 1
    if (depth > limit) return true
  }
  return false
}
