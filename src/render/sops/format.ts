import { tokenStart } from './encrypted-value.ts'

export type SopsFormat = 'yaml' | 'json' | 'dotenv' | 'ini' | 'binary'

/** How SOPS encrypted a file; undefined: it did not, or the cluster is to decrypt it. */
export function sopsFormatOf(file: string, content: Buffer): SopsFormat | undefined {
  if (!content.includes(tokenStart)) return undefined
  const text = content.toString('utf8')
  if (/^sops_mac=/m.test(text)) return 'dotenv'
  if (/^\[sops\]/m.test(text)) return 'ini'
  if (/^\s*\{/.test(text) && /"sops"\s*:/.test(text)) {
    return /\.(?:ya?ml|json)$/.test(file) ? 'json' : 'binary'
  }
  return /^sops:/m.test(text) && !isForOperator(text) ? 'yaml' : undefined
}

/** A SopsSecret is applied as it is: an operator in the cluster decrypts it. */
function isForOperator(text: string): boolean {
  return new RegExp(`^apiVersion: *["']?${operatorGroup.replaceAll('.', '\\.')}/`, 'm').test(text)
}

export const operatorGroup = 'isindir.github.com'
