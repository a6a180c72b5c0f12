import type { Secret } from './secret.ts'

export type Redact = (text: string) => string

const mask = '[redacted]'
/** Shorter ones would blot out ordinary words. */
const shortest = 6
const keptFleeting = 100

/**
 * One function for every text that leaves: it masks the given secrets, also as base64 (alone or
 * inside something longer), URL-encoded or JSON-escaped, and user, password and query of any URL.
 */
export function createRedactor(secrets: Iterable<Secret>): Redact {
  const forms = new Set(Array.from(secrets).flatMap((secret) => formsOf(secret.reveal())))
  const longestFirst = Array.from(forms).toSorted((a, b) => b.length - a.length)
  const pattern =
    longestFirst.length === 0 ? undefined : new RegExp(longestFirst.map(escape).join('|'), 'g')
  return (text) => {
    const masked = pattern === undefined ? text : text.replace(pattern, mask)
    if (!masked.includes('://')) return masked
    return masked.replace(userinfo, `$1${mask}@`).replace(url, maskQuery)
  }
}

/** A redactor that learns: what it was told once it masks for ever. */
export interface LearningRedactor {
  readonly redact: Redact
  learn(secrets: Iterable<Secret>): void
  /** One that lives for an hour or so: the last hundred of them are masked. */
  learnFleeting(secret: Secret): void
}

export function createLearningRedactor(): LearningRedactor {
  const known = new Map<string, Secret>()
  const fleeting: Secret[] = []
  let current = createRedactor([])
  const renew = () => {
    current = createRedactor([...known.values(), ...fleeting])
  }
  return {
    redact: (text) => current(text),
    learn(secrets) {
      for (const secret of secrets) known.set(secret.reveal(), secret)
      renew()
    },
    learnFleeting(secret) {
      fleeting.push(secret)
      if (fleeting.length > keptFleeting) fleeting.shift()
      renew()
    },
  }
}

// `git@` names no one.
const userinfo = /((?:https?|ssh|git|rediss?):\/\/)(?!git@)[^\s/@"'<>]+@/gi
// Takes all of it: a pattern that stops at `?` looks at a long text again and again.
const url = /https?:\/\/[^\s"'<>]+/gi

function maskQuery(found: string): string {
  const start = found.indexOf('?')
  return start < 0 || start === found.length - 1 ? found : `${found.slice(0, start)}?${mask}`
}

function formsOf(value: string): string[] {
  const lines = value.split(/\r?\n/).filter((line) => !line.startsWith('-----'))
  const plain = [value, ...lines].filter((text) => text.length >= shortest)
  return plain
    .flatMap((text) => [text, encodeURIComponent(text), JSON.stringify(text).slice(1, -1)])
    .concat(plain.flatMap(base64Forms))
    .filter((text) => text.length >= shortest)
}

/** The part of the base64 that is the same whatever stands before and after the value. */
function base64Forms(value: string): string[] {
  const bytes = Buffer.from(value)
  return [0, 1, 2].flatMap((offset) => {
    const padded = Buffer.concat([Buffer.alloc(offset), bytes])
    const start = Math.ceil((offset * 8) / 6)
    const end = Math.floor((padded.length * 8) / 6)
    const text = padded.toString('base64').slice(start, end)
    return [text, text.replaceAll('+', '-').replaceAll('/', '_')]
  })
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
