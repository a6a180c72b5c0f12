/** Why a text is no URL of a Redis; undefined: it is one. Never repeats it, for its password. */
export function redisUrlFault(text: string): string | undefined {
  const example = 'write redis://HOST:PORT or rediss://HOST:PORT'
  if (!/^rediss?:\/\/[^/\s]/.test(text) || !URL.canParse(text)) return `not a Redis URL, ${example}`
  const url = new URL(text)
  if (url.hostname === '') return `names no host, ${example}`
  if (!/^\/?\d*$/.test(url.pathname)) return 'the path must be the number of a database, such as /0'
  return url.hash === '' ? undefined : 'has a fragment, leave it out'
}

export function hasPassword(url: string): boolean {
  return new URL(url).password !== ''
}
