/** Whether one of the names in charts/ is that chart: its folder, or an archive of a version. */
export function isVendored(name: string, entries: readonly string[]): boolean {
  return entries.some((entry) => {
    if (entry === name) return true
    const version = entry.startsWith(`${name}-`) ? entry.slice(name.length + 1) : ''
    return /^v?\d.*\.tgz$/.test(version)
  })
}
