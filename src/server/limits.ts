/** What the server lets one client, and all of them together, take of it. */
export interface ServerLimits {
  /** Bytes of one delivery's body. GitHub sends up to 25 MB, a push rarely more than 1. */
  readonly bodyBytes: number
  /** Bytes of unverified bodies held at once, by all clients. */
  readonly inFlightBytes: number
  /** Nesting of a payload. */
  readonly jsonDepth: number
  readonly headersMs: number
  readonly requestMs: number
  /** How long a refused client may go on sending before its connection is closed. */
  readonly lingerMs: number
  readonly connections: number
  /** Failed verifications a minute that one address is answered as such. */
  readonly failuresPerMinute: number
  /** Milliseconds the queue and the records may take to answer. */
  readonly answerMs: number
}

export const defaultLimits: ServerLimits = {
  bodyBytes: 5 * 1024 * 1024,
  inFlightBytes: 32 * 1024 * 1024,
  jsonDepth: 64,
  headersMs: 5_000,
  requestMs: 10_000,
  lingerMs: 1_000,
  connections: 2048,
  failuresPerMinute: 60,
  answerMs: 1_800,
}
