import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readVersion } from '../src/cli/version.ts'

const folder = join(import.meta.dirname, 'results')

/** Puts one benchmark's result into the file of this version, in the place of its last one. */
export async function saveResult(name: string, result: object): Promise<void> {
  const file = join(folder, `${readVersion()}.json`)
  const before = await readFile(file, 'utf8').catch(() => '{}')
  const results = { ...JSON.parse(before), [name]: { date: new Date().toISOString(), ...result } }
  await mkdir(folder, { recursive: true })
  await writeFile(file, `${JSON.stringify(results, null, 2)}\n`)
}
