/** Milliseconds one request to a forge may take. */
const requestLimitMs = 15_000

/**
 * fetch that ends after a while and follows no redirect: a forge's redirect would carry our
 * token to whatever host it names.
 */
export function boundFetch(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return (input, init) => {
    const limit = AbortSignal.timeout(requestLimitMs)
    const signal = init?.signal ? AbortSignal.any([init.signal, limit]) : limit
    return fetch(input, { ...init, redirect: 'manual', signal })
  }
}
