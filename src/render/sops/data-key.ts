import type { Decrypter as AgeDecrypter } from 'age-encryption'
import type { Secret } from '../../domain/secret.ts'
import { SopsFault } from './fault.ts'
import type { Metadata } from './metadata.ts'

const keyBytes = 32

const otherKinds = ['pgp', 'kms', 'gcp_kms', 'azure_kv', 'hc_vault', 'hckms'] as const

/** The key of a file's values. Throws SopsFault where none of the identities opens it. */
export async function dataKeyOf(
  metadata: Metadata,
  identities: readonly Secret[],
): Promise<Buffer> {
  if ((metadata.key_groups?.length ?? 0) > 0) {
    throw new SopsFault(
      'it needs keys of several groups, which is not supported; encrypt it for age recipients without shamir_threshold',
    )
  }
  const { Decrypter } = await loadAge()
  const decrypter = new Decrypter()
  for (const identity of identities) decrypter.addIdentity(identity.reveal())
  for (const { enc } of metadata.age ?? []) {
    const key = await open(decrypter, enc)
    if (key?.length === keyBytes) return key
  }
  throw new SopsFault(await mismatch(metadata, identities))
}

/** undefined: it is for somebody else, or damaged; the library does not tell which. */
async function open(decrypter: AgeDecrypter, enc: string): Promise<Buffer | undefined> {
  const { armor } = await loadAge()
  try {
    return Buffer.from(await decrypter.decrypt(armor.decode(enc)))
  } catch {
    return undefined
  }
}

async function mismatch(metadata: Metadata, identities: readonly Secret[]): Promise<string> {
  const recipients = (metadata.age ?? []).map(({ recipient }) => recipient)
  if (recipients.length === 0) {
    const kinds = otherKinds.filter((kind) => (metadata[kind]?.length ?? 0) > 0).join(' and ')
    return `it is encrypted for ${kinds || 'nobody'}, not for age; add an age recipient with "sops rotate --add-age"`
  }
  const { identityToRecipient } = await loadAge()
  const own = await Promise.all(identities.map(({ reveal }) => identityToRecipient(reveal())))
  return `it is encrypted for ${recipients.map(brief).join(', ')}, and render.decrypt.age has the key of ${own.map(brief).join(', ')}; add that with "sops updatekeys", or configure the other key`
}

// 26 MB of memory, which only who decrypts should pay.
async function loadAge(): Promise<typeof import('age-encryption')> {
  return await import('age-encryption')
}

// Those of post-quantum keys have 2,000 characters.
function brief(recipient: string): string {
  const plain = recipient.replace(/[^\w-]/g, '')
  return plain.length <= 80 ? plain : `${plain.slice(0, 80)}…`
}
