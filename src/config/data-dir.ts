import { dirname, resolve } from 'node:path'
import { StageError } from '../domain/error.ts'
import { readText } from './read-text.ts'
import { readYaml } from './yaml-document.ts'

const largestFile = 1024 * 1024
export const defaultDataDir = './.landfall'

/**
 * Where the instance of this configuration keeps its socket: all that a client needs of it, so a
 * person without the server's secrets in the environment can still ask. Throws CONFIG_INVALID.
 */
export async function readDataDir(file: string): Promise<string> {
  const content = await readText(file, largestFile)
  if (content.kind === 'failed') {
    const text = `${file}: ${content.reason}; name the configuration with --config, or the instance with --data-dir or --server`
    throw new StageError('CONFIG_INVALID', text)
  }
  const { data } = readYaml(content.text)
  const dataDir =
    typeof data === 'object' && data !== null && 'dataDir' in data ? data.dataDir : undefined
  return resolve(dirname(file), typeof dataDir === 'string' ? dataDir : defaultDataDir)
}
