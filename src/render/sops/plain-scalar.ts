import type { Scalar } from 'yaml'

/**
 * What SOPS hashes of a value that it left as it is: the value as Go's YAML reader understands it,
 * printed. undefined: nothing, which is what null is to it.
 */
export function hashedScalar({ type, value }: Scalar): string | undefined {
  const text = String(value)
  if (type !== 'PLAIN') return text
  if (/^(?:~|null|Null|NULL|)$/.test(text)) return undefined
  if (/^(?:true|True|TRUE)$/.test(text)) return 'True'
  if (/^(?:false|False|FALSE)$/.test(text)) return 'False'
  return integer(text) ?? float(text) ?? date(text) ?? text
}

const digits: readonly (readonly [RegExp, string])[] = [
  [/^0x([\da-f]+)$/i, '0x'],
  [/^0b([01]+)$/i, '0b'],
  [/^0o?([0-7]+)$/i, '0o'],
  [/^(0|[1-9]\d*)$/, ''],
]

function integer(text: string): string | undefined {
  const [, sign = '', number = ''] = /^([-+]?)(\d\w*)$/.exec(text.replaceAll('_', '')) ?? []
  for (const [pattern, prefix] of digits) {
    const found = pattern.exec(number)?.[1]
    if (found === undefined) continue
    const value = BigInt(prefix + found)
    return (sign === '-' ? -value : value).toString()
  }
  return undefined
}

function float(text: string): string | undefined {
  const plain = text.replaceAll('_', '')
  if (!/^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(plain)) return undefined
  return withoutExponent(String(Number(plain)))
}

function withoutExponent(number: string): string {
  const [, sign = '', whole = '', part = '', exponent] =
    /^(-?)(\d+)(?:\.(\d+))?e([-+]\d+)$/.exec(number) ?? []
  if (exponent === undefined) return number
  const places = Number(exponent)
  return places > 0
    ? sign + whole + part.padEnd(places, '0')
    : `${sign}0.${'0'.repeat(-places - 1)}${whole}${part}`
}

function date(text: string): string | undefined {
  return /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : undefined
}
