import { createCipheriv, createHash, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { armor, Encrypter, generateIdentity, identityToRecipient } from 'age-encryption'
import { stringify } from 'yaml'
import { createSecret } from '../../src/domain/secret.ts'

const folder = new URL('../fixtures/sops/', import.meta.url)

/** What the real sops made, and what it makes of that again. */
export function sopsFixture(name: string): Promise<Buffer> {
  return readFile(new URL(name, folder))
}

/** The options of an application that has the key of the fixtures. */
export async function fixtureKey(name = 'key.txt') {
  return { age: [createSecret((await sopsFixture(name)).toString().trim())] }
}

export interface AgeKey {
  readonly identity: string
  readonly recipient: string
}

export async function ageKey(): Promise<AgeKey> {
  const identity = await generateIdentity()
  return { identity, recipient: await identityToRecipient(identity) }
}

type Leaf = string | number
type Tree = { readonly [key: string]: Tree | Leaf }

/** A file as SOPS writes it, with all values below `encrypted` keys encrypted (all of them: none given). */
export async function sopsYaml(
  tree: Tree,
  { recipient }: Pick<AgeKey, 'recipient'>,
  encrypted: readonly string[] = ['data', 'stringData'],
): Promise<string> {
  const key = randomBytes(32)
  const hash = createHash('sha512')
  const seal = (node: Tree | Leaf, path: readonly string[]): Tree | Leaf => {
    if (typeof node !== 'object') {
      hash.update(String(node))
      const isOpen = encrypted.length > 0 && !path.some((part) => encrypted.includes(part))
      return isOpen ? node : encryptValue(node, key, `${path.join(':')}:`)
    }
    const entries = Object.entries(node).map(([name, child]) => [
      name,
      seal(child, [...path, name]),
    ])
    return Object.fromEntries(entries)
  }
  const sealed = seal(tree, []) as Tree
  const encrypter = new Encrypter()
  encrypter.addRecipient(recipient)
  const lastmodified = '2026-01-02T03:04:05Z'
  const sops = {
    age: [{ recipient, enc: armor.encode(await encrypter.encrypt(key)) }],
    lastmodified,
    mac: encryptValue(hash.digest('hex').toUpperCase(), key, lastmodified),
    version: '3.13.3',
  }
  return stringify({ ...sealed, sops }, { lineWidth: 0 })
}

function encryptValue(value: Leaf, key: Buffer, bound: string): string {
  const text = String(value)
  if (text === '') return ''
  const iv = randomBytes(32)
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(bound))
  const data = Buffer.concat([cipher.update(text), cipher.final()]).toString('base64')
  const tag = cipher.getAuthTag().toString('base64')
  return `ENC[AES256_GCM,data:${data},iv:${iv.toString('base64')},tag:${tag},type:${typeof value === 'number' ? 'int' : 'str'}]`
}

/** A Secret as it is committed. */
export function sopsSecret(
  name: string,
  stringData: Readonly<Record<string, string>>,
  key: Pick<AgeKey, 'recipient'>,
): Promise<string> {
  return sopsYaml({ apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData }, key)
}
