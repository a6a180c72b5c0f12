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

// Of a few outcomes two renders have the same one as often as not.
const fewOutcomes = /\b(?:shuffle|randInt)\b|\b(?:keys|values) +[.$(]|\| *(?:keys|values)\b/

/**
 * How often a chart is rendered to know which of its fields are another each time: once where no
 * function is named that makes any, in it or in what `tpl` may be given. A packed dependency is not
 * opened, and may.
 */
export async function rendersOf({ root, path, files, values }: Chart): Promise<1 | 2 | 5> {
  const folder = join(root, path)
  const found = await readdir(folder, { recursive: true, withFileTypes: true })
  const own = found
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  let most = rendersOfText(JSON.stringify(values))
  if (own.some((file) => /\.t(?:ar\.)?gz$/.test(file))) most = atLeast(most, 2)
  let bytes = 0
  for (const file of [...own, ...files.map((name) => join(root, name))]) {
    bytes += (await stat(file)).size
    if (bytes > maxBytes) return atLeast(most, 2)
    most = atLeast(most, rendersOfText(await readFile(file, 'utf8')))
  }
  return most
}

function rendersOfText(text: string): 1 | 2 | 5 {
  if (!varying.test(text)) return 1
  return fewOutcomes.test(text) ? 5 : 2
}

function atLeast(one: 1 | 2 | 5, other: 1 | 2 | 5): 1 | 2 | 5 {
  return one > other ? one : other
}
