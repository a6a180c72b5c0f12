import { parse } from 'yaml'

/**
 * Where an index says the archive of a version is; undefined: it names no such version. An index may
 * have tens of megabytes: of one written by helm only the lines of that version are parsed.
 */
export function findInIndex(index: string, name: string, version: string): string | undefined {
  const items = index.trimStart().startsWith('{') ? jsonItems(index, name) : yamlItems(index, name)
  for (const item of items) {
    const entry = typeof item === 'string' ? parsed(item, version) : item
    if (!isRecord(entry) || entry['version'] !== version) continue
    const urls = entry['urls']
    const url: unknown = Array.isArray(urls) ? urls[0] : undefined
    if (typeof url === 'string') return url
  }
  return undefined
}

function jsonItems(index: string, name: string): readonly unknown[] {
  const read: unknown = JSON.parse(index)
  const entries = isRecord(read) ? read['entries'] : undefined
  const versions = isRecord(entries) && Object.hasOwn(entries, name) ? entries[name] : undefined
  return Array.isArray(versions) ? versions : []
}

/** The text of each version, as helm indents it. */
function yamlItems(index: string, name: string): readonly string[] {
  const start = /^entries:[ \t]*$/m.exec(index)
  if (start === null) return []
  const entries = index.slice(start.index + start[0].length)
  const key = new RegExp(`^  (["']?)${name.replace(/\W/g, '\\$&')}\\1:[ \\t]*$`, 'm').exec(entries)
  if (key === null) return []
  const rest = entries.slice(key.index + key[0].length)
  const end = /^ {0,2}[^\s-]/m.exec(rest)
  const versions = rest.slice(0, end?.index)
  const indent = /^ *(?=- )/m.exec(versions)?.[0] ?? ''
  return versions.split(new RegExp(`^(?=${indent}- )`, 'm'))
}

// To parse more holds up everything else for a second.
const maxItemChars = 1024 * 1024

function parsed(item: string, version: string): unknown {
  if (!item.includes(version) || item.length > maxItemChars) return undefined
  const list: unknown = parse(item, { logLevel: 'silent', maxAliasCount: 0 })
  return Array.isArray(list) ? list[0] : undefined
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
