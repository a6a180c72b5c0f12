import type { Decrypted } from './encrypted-value.ts'
import { SopsFault } from './fault.ts'

export type SopsValue = string | number | boolean

export interface OpenedValue {
  /** As it stands in the encrypted file. */
  readonly token: string
  readonly path: readonly string[]
  readonly value: SopsValue
  /** Whether its document is an object of Kubernetes. */
  readonly isInObject: boolean
}

/** A decrypted file; in memory, never on disk. */
export interface Opened {
  /** In the format of the file. */
  readonly content: Buffer
  readonly values: readonly OpenedValue[]
}

export function valueOf({ type, bytes }: Decrypted): SopsValue {
  const text = bytes.toString('utf8')
  switch (type) {
    case 'int':
    case 'int64':
      return integerOf(text)
    case 'float':
      return Number(text)
    case 'bool':
      return /^(?:1|t|true)$/i.test(text)
    default:
      return text
  }
}

function integerOf(text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value)) return value
  throw new SopsFault('a number in it cannot be kept exactly; encrypt it as a text')
}
