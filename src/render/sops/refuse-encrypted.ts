import type { Notes } from '../normalize/rule.ts'
import { isRecord } from '../normalize/update-at.ts'
import { notAsked } from './decryptor.ts'
import { tokenStart } from './encrypted-value.ts'
import { operatorGroup } from './format.ts'

/** Notes an object that holds what SOPS encrypted: it would be applied as it is, and of no use. */
export function refuseEncrypted(value: unknown, notes: Notes): void {
  if (!isRecord(value) || String(value['apiVersion']).startsWith(`${operatorGroup}/`)) return
  const { sops } = value
  if (isRecord(sops) && typeof sops['mac'] === 'string') notes.problem(notAsked, value)
  else if (value['kind'] === 'Secret') {
    for (const field of ['data', 'stringData']) {
      const key = encryptedKey(value[field])
      if (key !== undefined) notes.problem(`${field}.${key}: ${left}`, value)
    }
  }
}

const left =
  'SOPS encrypted it, and it was not decrypted: that is done for manifests, files of a secretGenerator and value files of helm'

function encryptedKey(data: unknown): string | undefined {
  return isRecord(data) ? Object.keys(data).find((key) => isEncrypted(data[key])) : undefined
}

/** Of `data` or of `stringData`. */
function isEncrypted(value: unknown): boolean {
  if (typeof value !== 'string') return false
  return value.includes(tokenStart) || Buffer.from(value, 'base64').includes(tokenStart)
}
