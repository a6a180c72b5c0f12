import type { IncomingHttpHeaders } from 'node:http'

/** The value of a header that came exactly once with a value. */
export function header(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** A delivery's id as the forge sent it; undefined for what is no plain id. */
export function plainId(value: string | undefined): string | undefined {
  return value !== undefined && /^[A-Za-z0-9_-]{1,100}$/.test(value) ? value : undefined
}
