import { resolve } from 'node:path'
import { createSecret, type Secret } from '../domain/secret.ts'
import type { Findings } from './findings.ts'
import type { Path } from './problem.ts'
import { readText } from './read-text.ts'
import type { SecretFile, SecretRef } from './schema/secret-ref.ts'
import { didYouMean } from './suggest.ts'

const largestSecret = 64 * 1024

/** Reads what `{env}` and `{file}` name; what cannot be read is a problem at its path. */
export interface SecretReader {
  read(ref: SecretRef, path: Path): Promise<Secret | undefined>
  /** What the file holds, as many lines as it has. */
  text(ref: SecretFile, path: Path): Promise<Secret | undefined>
  /** The absolute path of a file that is there, can be read and is not empty. */
  file(ref: SecretFile, path: Path): Promise<string | undefined>
}

interface SecretReaderOptions {
  readonly env: NodeJS.ProcessEnv
  /** Relative files resolve against it. */
  readonly folder: string
  readonly findings: Findings
}

export function createSecretReader({ env, folder, findings }: SecretReaderOptions): SecretReader {
  function fromEnv(name: string, path: Path): string | undefined {
    const value = env[name]
    if (value !== undefined && value !== '') return value
    const fault =
      value === ''
        ? 'is empty, give it a value'
        : `is not set, set it${didYouMean(name, Object.keys(env))}`
    findings.problem(path, `${describeName(name)} ${fault}`)
    return undefined
  }

  async function fromFile(file: string, path: Path): Promise<string | undefined> {
    const absolute = resolve(folder, file)
    findings.dependsOn(absolute)
    const content = await readText(absolute, largestSecret)
    if (content.kind === 'failed') {
      findings.problem(path, `${content.reason}, write the path of a file that holds the secret`)
      return undefined
    }
    const value = content.text.replace(/\r?\n$/, '')
    if (value === '') findings.problem(path, 'the file is empty, write the secret into it')
    return value === '' ? undefined : value
  }

  return {
    async read(ref, path) {
      const place = [...path, 'env' in ref ? 'env' : 'file']
      const value = 'env' in ref ? fromEnv(ref.env, place) : await fromFile(ref.file, place)
      if (value === undefined) return undefined
      if (!/\p{Cc}/u.test(value)) return createSecret(value)
      findings.problem(place, 'the secret holds a line break or control character, keep one line')
      return undefined
    },
    async text(ref, path) {
      const value = await fromFile(ref.file, [...path, 'file'])
      return value === undefined ? undefined : createSecret(value)
    },
    async file(ref, path) {
      const value = await fromFile(ref.file, [...path, 'file'])
      return value === undefined ? undefined : resolve(folder, ref.file)
    },
  }
}

// Whoever writes the token itself where its name belongs must not find it in a log.
function describeName(name: string): string {
  return /^[A-Z][A-Z0-9_]{0,39}$/.test(name)
    ? `environment variable ${name}`
    : 'the environment variable named here'
}
