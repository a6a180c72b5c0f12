import type { Status, StatusCause } from './status.ts'

/**
 * What a refused object is told, without the values the server quotes: for a Secret they are the
 * secret, for the rest they bury the reason.
 */
export function describeCause(cause: StatusCause, secret: boolean): string {
  const detail = secret ? maskCause(cause.message) : withoutValue(cause.message)
  return cause.field === '' || cause.field === '<nil>' ? detail : `${cause.field}: ${detail}`
}

/** The message without the words that repeat which object it is about. */
export function describeMessage(status: Status, secret: boolean): string {
  const head = heads.map((each) => each.exec(status.message)?.[0] ?? '').find((text) => text !== '')
  const text = status.message.slice(head?.length ?? 0)
  return secret ? maskSecretText(text) : onOneLine(text)
}

const heads = [
  /^\S+(?: "[^"]*")? is (?:invalid|forbidden): /,
  /^Operation cannot be fulfilled on \S+ "[^"]*": /,
  /^failed to create typed (?:patch )?object \([^)]*\): (?:errors:\s+)?/,
  /^failed to convert new object \([^)]*\) to proper version: (?:unable to convert [^:]*: )?/,
]

// Everything behind one of these may be a value or contain one: field.Error quotes it, the typed
// converter says "expected map, got &{…}", JSON decoders show the bytes around the fault.
const valueStarts =
  /\b(?:invalid|unsupported|duplicate) value\b|\bnot found: |,? got\b|[`'"{[&]|\berror found in\b|\bcannot unmarshal\b/i

/** Keeps the words before the first place where a Secret's value could stand. */
export function maskSecretText(text: string): string {
  const start = valueStarts.exec(text)
  if (start === null) return text
  const kept = /value$/i.test(start[0]) ? start.index + start[0].length : start.index
  const words = text.slice(0, kept).replace(/[\s:,]+$/, '')
  return words === '' ? '[redacted]' : `${words} [redacted]`
}

// These three of field.Error never carry a value (apimachinery, field.Error.ErrorBody).
function maskCause(message: string): string {
  return /^(?:Forbidden|Required value|Too long)\b/.test(message)
    ? message
    : maskSecretText(message)
}

function onOneLine(text: string): string {
  return text.replaceAll(/, got .*/g, '').replaceAll(/\s*\n\s*/g, '; ')
}

/** `Invalid value: {"a":1}: field is immutable` → `field is immutable`. */
function withoutValue(message: string): string {
  const label = /^(?:Invalid value|Forbidden|Required value|Too long|Too many): /.exec(message)?.[0]
  if (label === undefined) return message
  const rest = message.slice(label.length)
  if (!label.startsWith('Invalid')) return rest === '' ? message : rest
  const end = endOfValue(rest)
  return rest.startsWith(': ', end) ? rest.slice(end + 2) : message
}

function endOfValue(text: string): number {
  const first = text[0]
  if (first === '"') return endOfQuoted(text, 0)
  if (first === '{' || first === '[') return endOfBracketed(text)
  const colon = text.indexOf(': ')
  return colon < 0 ? text.length : colon
}

function endOfQuoted(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === '"') return at + 1
  }
  return text.length
}

function endOfBracketed(text: string): number {
  let depth = 0
  let at = 0
  while (at < text.length) {
    const char = text[at]
    if (char === '"') {
      at = endOfQuoted(text, at)
      continue
    }
    if (char === '{' || char === '[') depth += 1
    if (char === '}' || char === ']') depth -= 1
    at += 1
    if (depth === 0) return at
  }
  return text.length
}
