/** Whether one of the names in charts/ is that chart: its folder, or an archive of it. */
export function isVendored(name: string, entries: readonly string[]): boolean {
  return entries.some(
    (entry) => entry === name || (entry.startsWith(`${name}-`) && entry.endsWith('.tgz')),
  )
}
