import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'

interface Chart {
  readonly root: string
  readonly path: string
  /** From the root. */
  readonly files: readonly string[]
  readonly values: unknown
}

const maxBytes = 8 * 1024 * 1024

// Go hands out the keys of a map in another order each time; `date` takes what it cannot read for now.
const varying =
  /\b(?:rand[A-Z]\w*|gen(?:CA|SelfSigned|Signed|PrivateKey)\w*|uuidv4|now|ago|date\w*|htmlDate\w*|htpasswd|bcrypt|encryptAES|shuffle)\b|\b(?:keys|values) +[.$(]|\| *(?:keys|values)\b/

/**
 * Whether a chart may render to something else the next time: whether a function that does so is named
 * in it, or in what `tpl` may be given. A packed dependency is not opened, and may.
 */
export async function mayVary({ root, path, files, values }: Chart): Promise<boolean> {
  if (varying.test(JSON.stringify(values))) return true
  const folder = join(root, path)
  const found = await readdir(folder, { recursive: true, withFileTypes: true })
  const own = found
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  if (own.some((file) => /\.t(?:ar\.)?gz$/.test(file))) return true
  let bytes = 0
  for (const file of [...own, ...files.map((name) => join(root, name))]) {
    bytes += (await stat(file)).size
    if (bytes > maxBytes || varying.test(await readFile(file, 'utf8'))) return true
  }
  return false
}
