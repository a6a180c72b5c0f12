import { decryptValue, isToken } from './encrypted-value.ts'
import type { Mac } from './mac.ts'
import { type OpenedValue, valueOf } from './opened.ts'

const prefix = 'sops_'

interface Line {
  readonly key: string
  readonly value: string
}

/** Lines of KEY=value; comments are none. */
function linesOf(text: string): Line[] {
  return text.split('\n').flatMap((line) => {
    const at = line.indexOf('=')
    if (at < 0 || line.startsWith('#')) return []
    return [{ key: line.slice(0, at), value: line.slice(at + 1).replaceAll('\\n', '\n') }]
  })
}

/** What the lines that begin with `sops_` say. */
export function metadataInDotenv(text: string): unknown {
  const metadata: Record<string, unknown> = {}
  const age: Record<string, string>[] = []
  for (const { key, value } of linesOf(text)) {
    if (!key.startsWith(prefix)) continue
    const [, index, field] = /^sops_age__list_(\d{1,2})__map_(\w+)$/.exec(key) ?? []
    if (index !== undefined && field !== undefined) {
      age[Number(index)] = { ...age[Number(index)], [field]: value }
    } else {
      // The first key of another list is enough to know that there is one.
      const [, list] = /^sops_(\w+?)__list_/.exec(key) ?? []
      metadata[list ?? key.slice(prefix.length)] = list === undefined ? value : [value]
    }
  }
  return { ...metadata, age: age.filter((entry) => entry !== undefined) }
}

/** The lines with each value in clear, without those of SOPS and without comments. Throws SopsFault. */
export function openDotenv(text: string, key: Buffer, mac: Mac) {
  const values: OpenedValue[] = []
  const lines = linesOf(text).filter((line) => !line.key.startsWith(prefix))
  const content = lines.map((line) => {
    if (!isToken(line.value)) {
      mac.plain(line.value)
      return `${line.key}=${line.value.replaceAll('\n', '\\n')}\n`
    }
    const path = [line.key]
    const decrypted = decryptValue(line.value, key, path)
    mac.decrypted(decrypted)
    const value = valueOf(decrypted)
    values.push({ token: line.value, path, value, isInObject: false })
    return `${line.key}=${String(value).replaceAll('\n', '\\n')}\n`
  })
  return { content: content.join(''), values }
}
