import { createHash, timingSafeEqual } from 'node:crypto'
import { type Decrypted, decryptFor, isToken } from './encrypted-value.ts'
import { SopsFault } from './fault.ts'
import type { Metadata } from './metadata.ts'

/** SHA-256 of `sops`: begins a MAC over encrypted values alone. */
const onlyEncrypted = createHash('sha256').update('sops').digest()

/** Told every value of a file in its order; `check` throws SopsFault when one was changed. */
export interface Mac {
  plain(bytes: string): void
  decrypted(value: Decrypted): void
  check(): void
}

export function createMac(metadata: Metadata, key: Buffer): Mac {
  const hash = createHash('sha512')
  const isPartial = metadata.mac_only_encrypted === true
  if (isPartial) hash.update(onlyEncrypted)
  return {
    plain(bytes) {
      if (!isPartial) hash.update(bytes)
    },
    decrypted(value) {
      if (value.type !== 'comment') hash.update(hashed(value))
    },
    check() {
      const expected = isToken(metadata.mac)
        ? decryptFor(metadata.mac, key, metadata.lastmodified, 'sops.mac')
        : undefined
      const found = Buffer.from(hash.digest('hex').toUpperCase())
      const isSame = expected?.bytes.length === found.length
      if (isSame && timingSafeEqual(expected.bytes, found)) return
      throw new SopsFault(
        'its MAC does not fit: a value was changed, added or removed after it was encrypted; edit it with sops, or encrypt it anew',
      )
    },
  }
}

function hashed({ type, bytes }: Decrypted): Buffer | string {
  if (type !== 'bool') return bytes
  return /^(?:1|t|true)$/i.test(bytes.toString()) ? 'True' : 'False'
}
