export function isChartName(name: unknown): name is string {
  if (typeof name !== 'string') return false
  return /^[a-zA-Z0-9][a-zA-Z0-9._-]*$/.test(name) && !name.includes('..')
}

/** helm's own limit, which leaves room for suffixes; a leading dash would be a flag. */
export function isReleaseName(name: unknown): boolean {
  return typeof name === 'string' && /^[a-z0-9](?:[a-z0-9-]{0,51}[a-z0-9])?$/.test(name)
}
