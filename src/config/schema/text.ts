import { z } from 'zod'

/** A string, with what to write in the error that reports another kind of value or none. */
export function text(hint: string) {
  return z.string({ error: ({ input }) => `${found(input)}, write ${hint}` })
}

/** A check whose reason is the message. */
export function fault<T>(reason: (value: T) => string | undefined) {
  return (context: z.core.ParsePayload<T>): void => {
    const message = reason(context.value)
    if (message !== undefined) {
      context.issues.push({ code: 'custom', message, input: context.value })
    }
  }
}

/** `missing`, or the kind of value found: never the value, which may be a secret. */
export function found(input: unknown): string {
  if (input === undefined) return 'missing'
  if (input === null) return 'empty'
  if (Array.isArray(input)) return 'a list'
  return typeof input === 'object' ? 'a mapping' : `a ${typeof input}`
}
