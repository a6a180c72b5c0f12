const lost = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'UND_ERR_SOCKET',
])

const timedOut = new Set([
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
])

/** The connection failed or broke in a way that a new one may not. */
export function isLostConnection(error: unknown): boolean {
  return lost.has(codeOf(error))
}

export function isTimeout(error: unknown): boolean {
  return timedOut.has(codeOf(error))
}

/** The server's certificate or ours was not taken. */
export function isCertificateProblem(error: unknown): boolean {
  const code = codeOf(error)
  return /CERT|SELF_SIGNED|UNABLE_TO_|^ERR_(?:SSL|TLS)_/.test(code)
}

/** The sockets were ours and we closed them, to go on with others or for good. */
export function isClosedByUs(error: unknown): boolean {
  return codeOf(error) === 'UND_ERR_CLOSED' || codeOf(error) === 'UND_ERR_DESTROYED'
}

/** `connection refused (ECONNREFUSED)`: never the message of a library, which nobody vouches for. */
export function describeNetworkError(error: unknown): string {
  const code = codeOf(error)
  const words = isTimeout(error)
    ? 'no answer in time'
    : isCertificateProblem(error)
      ? 'the certificates do not fit'
      : (sentences.get(code) ?? 'the connection failed')
  return code === '' ? words : `${words} (${code})`
}

const sentences = new Map([
  ['ECONNREFUSED', 'connection refused'],
  ['ENOTFOUND', 'no such host'],
  ['EAI_AGAIN', 'its name cannot be resolved now'],
  ['ECONNRESET', 'connection reset'],
  ['UND_ERR_SOCKET', 'connection closed by the other side'],
  ['UND_ERR_DESTROYED', 'this client is closed'],
  ['UND_ERR_CLOSED', 'this client is closed'],
])

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return ''
  if ('code' in error && typeof error.code === 'string') return error.code
  return 'cause' in error ? codeOf(error.cause) : ''
}
