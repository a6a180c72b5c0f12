import { createDecipheriv } from 'node:crypto'
import { SopsFault } from './fault.ts'

/** What SOPS puts in the place of a value. */
export interface Decrypted {
  readonly bytes: Buffer
  /** As SOPS names it: str, int, float, bool, bytes, time, comment. */
  readonly type: string
}

const token = /^ENC\[AES256_GCM,data:([\w+/=]+),iv:([\w+/=]+),tag:([\w+/=]+),type:([a-z0-9]+)\]$/

/** What begins every encrypted value. */
export const tokenStart = 'ENC[AES256_GCM,'

/** Every encrypted value inside of a text. */
export const tokensIn = /ENC\[AES256_GCM,data:[\w+/=]+,iv:[\w+/=]+,tag:[\w+/=]+,type:[a-z0-9]+\]/g

export function isToken(text: string): boolean {
  return token.test(text)
}

/** Throws SopsFault where the key does not fit, or the value was changed or moved. */
export function decryptValue(text: string, key: Buffer, path: readonly string[]): Decrypted {
  return decryptFor(text, key, `${path.join(':')}:`, path.join('.'))
}

/** As `decryptValue`, bound to another text than a path. */
export function decryptFor(text: string, key: Buffer, bound: string, where: string): Decrypted {
  const [, data = '', iv = '', tag = '', type = ''] = token.exec(text) ?? []
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64'), {
      authTagLength: 16,
    })
    decipher.setAAD(Buffer.from(bound)).setAuthTag(Buffer.from(tag, 'base64'))
    return { bytes: Buffer.concat([decipher.update(data, 'base64'), decipher.final()]), type }
  } catch {
    throw new SopsFault(
      `${where} cannot be decrypted: it was changed or moved after it was encrypted; encrypt the file anew, or edit it with sops`,
    )
  }
}
