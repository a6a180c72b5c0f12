import type { RenderOptions } from '../../domain/application.ts'
import { createSecret, type Secret } from '../../domain/secret.ts'
import { limits } from '../limits.ts'
import type { LocatedProblem } from '../problem.ts'
import { problemsError } from '../problem.ts'
import { dataKeyOf } from './data-key.ts'
import { decryptValue } from './encrypted-value.ts'
import { SopsFault } from './fault.ts'
import { type SopsFormat, sopsFormatOf } from './format.ts'
import { createMac } from './mac.ts'
import { readMetadata } from './metadata.ts'
import { metadataInDotenv, openDotenv } from './open-dotenv.ts'
import { metadataInYaml, openYaml } from './open-yaml.ts'
import type { Opened } from './opened.ts'

/** Told every decrypted text before anybody can say it. */
export type OnDecrypted = (secrets: readonly Secret[]) => void

export interface Decryptor {
  /**
   * undefined: SOPS did not encrypt it. Throws RENDER_REFUSED, with the file and what to do, where
   * it cannot be decrypted, was changed, or is not to be decrypted.
   */
  open(file: string, content: Buffer): Promise<Opened | undefined>
  /** Whether that is in a value it has decrypted. */
  isInSecret(part: string): boolean
}

/** Decrypts files of one application with its own key, in memory. */
export function createDecryptor({ decrypt }: RenderOptions, onDecrypted: OnDecrypted): Decryptor {
  const known: Secret[] = []
  return {
    isInSecret: (part) => known.some((secret) => secret.reveal().includes(part)),

    async open(file, content) {
      const format = sopsFormatOf(file, content)
      if (format === undefined) return undefined
      try {
        if (decrypt === undefined) throw new SopsFault(notAsked)
        const opened = await openFile(content, format, decrypt.age)
        const secrets = textsOf(opened).map(createSecret)
        known.push(...secrets)
        onDecrypted(secrets)
        return opened
      } catch (error: unknown) {
        if (!(error instanceof SopsFault)) throw error
        throw problemsError([refusalOf(file, error.message)])
      }
    },
  }
}

export const notAsked =
  'it is encrypted with SOPS, and the application has no key; set render.decrypt.age to {file: PATH} or {env: NAME} of its age key'

function refusalOf(file: string, message: string): LocatedProblem {
  return { code: 'RENDER_REFUSED', file, line: 1, message }
}

async function openFile(
  content: Buffer,
  format: SopsFormat,
  identities: readonly Secret[],
): Promise<Opened> {
  if (format === 'ini') {
    throw new SopsFault('encrypted ini files are not supported; use YAML, JSON, dotenv or binary')
  }
  if (content.length > limits.documentBytes) {
    throw new SopsFault(`an encrypted file may have ${limits.documentBytes} bytes`)
  }
  const text = content.toString('utf8')
  const isDotenv = format === 'dotenv'
  const metadata = readMetadata(isDotenv ? metadataInDotenv(text) : metadataInYaml(text))
  const key = await dataKeyOf(metadata, identities)
  const mac = createMac(metadata, key)
  const { content: plain, values } = (isDotenv ? openDotenv : openYaml)(text, key, mac)
  mac.check()
  if (format === 'binary') return { content: binaryOf(text, key), values }
  return { content: Buffer.from(format === 'json' ? jsonOf(plain) : plain), values }
}

/** openYaml leaves what stood around `sops` of a flow mapping: a comma too many. */
function jsonOf(text: string): string {
  try {
    return `${JSON.stringify(JSON.parse(text.replace(/,(?=\s*\}\s*$)/, '')), undefined, 2)}\n`
  } catch {
    throw new SopsFault('it is not valid JSON')
  }
}

function binaryOf(text: string, key: Buffer): Buffer {
  const { data } = JSON.parse(text) as { data?: unknown }
  if (typeof data !== 'string') throw new SopsFault('it has no data')
  return data === '' ? Buffer.alloc(0) : decryptValue(data, key, ['data']).bytes
}

const namesOfObject = new Set(['apiVersion', 'kind', 'metadata', 'type'])
/** Fewer digits are in many other numbers, too. */
const fewestDigits = 6

/** An object that is encrypted whole hides names as well: to mask those would hide what is told. */
function textsOf({ values }: Opened): string[] {
  return values.flatMap(({ value, path, isInObject }) => {
    if (isInObject && namesOfObject.has(path[0] ?? '')) return []
    if (typeof value === 'string') return [value]
    const digits = typeof value === 'number' ? String(value).replace(/\D/g, '') : ''
    return digits.length < fewestDigits ? [] : [String(value)]
  })
}
