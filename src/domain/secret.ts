import { inspect } from 'node:util'

/** A value that shows itself only when asked: logs, JSON and templates print `[redacted]`. */
export interface Secret {
  reveal(): string
  toJSON(): string
  toString(): string
}

const mask = '[redacted]'

export function createSecret(value: string): Secret {
  const secret = {
    reveal: () => value,
    toJSON: () => mask,
    toString: () => mask,
    [inspect.custom]: () => mask,
  }
  return Object.freeze(secret)
}
