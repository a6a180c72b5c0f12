import type { Decryption } from '../../domain/application.ts'
import { createSecret } from '../../domain/secret.ts'
import type { Findings } from '../findings.ts'
import type { Path } from '../problem.ts'
import type { Decrypt } from '../schema/decrypt.ts'
import type { SecretReader } from '../secret-reader.ts'

/** The keys that a file or variable holds; a problem where it holds none, or one that is damaged. */
export async function resolveDecrypt(
  { age }: Decrypt,
  path: Path,
  { secrets, findings }: { readonly secrets: SecretReader; readonly findings: Findings },
): Promise<Decryption | undefined> {
  const place = [...path, 'age']
  const given = 'file' in age ? await secrets.text(age, place) : await secrets.read(age, place)
  if (given === undefined) return undefined
  const lines = given
    .reveal()
    .split('\n')
    .map((line) => line.trim())
  const keys = lines.filter((line) => line !== '' && !line.startsWith('#'))
  const areKeys = await Promise.all(keys.map(isIdentity))
  if (keys.length > 0 && areKeys.every(Boolean)) return { age: keys.map(createSecret) }
  findings.problem(
    place,
    'holds no age key, or one that is damaged; write lines that begin with AGE-SECRET-KEY-1, as age-keygen makes them',
  )
  return undefined
}

async function isIdentity(line: string): Promise<boolean> {
  if (!/^AGE-SECRET-KEY-(?:PQ-)?1/.test(line)) return false
  // 26 MB of memory, which only who decrypts should pay.
  const { identityToRecipient } = await import('age-encryption')
  try {
    await identityToRecipient(line)
    return true
  } catch {
    return false
  }
}
