import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'

const examples = join(import.meta.dirname, '../../examples')

/** The files of a folder of examples/, by their path below `under`. */
export async function exampleFiles(folder: string, under = 'app'): Promise<Record<string, string>> {
  const root = join(examples, folder)
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  const pairs = files.map(async (entry) => {
    const file = join(entry.parentPath, entry.name)
    return [join(under, relative(root, file)), await readFile(file, 'utf8')] as const
  })
  return Object.fromEntries(await Promise.all(pairs))
}
