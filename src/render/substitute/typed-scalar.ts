import { decodeYaml } from '../decode/decode-yaml.ts'

/**
 * What a text that stands without quotes means to YAML: a number, boolean or null, or a text in
 * quotes that the variable brought along. It never becomes a list or a mapping.
 */
export function typedScalar(text: string): unknown {
  if (text === '') return null
  if (!isWord(text) && !isQuoted(text)) return text
  const decoded = decodeYaml({ text, line: 1 })
  if (decoded.kind === 'empty') return null
  return decoded.kind === 'value' && typeof decoded.value !== 'object' ? decoded.value : text
}

function isWord(text: string): boolean {
  return text === '~' || /^[-+]?[.\w]*\w[-+.\w]*$/.test(text)
}

function isQuoted(text: string): boolean {
  return /^(["'])[^\n]*\1$/.test(text) && text.length > 1
}
