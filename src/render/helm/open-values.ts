import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { confine } from '../confined-path.ts'
import { decodeYaml } from '../decode/decode-yaml.ts'
import { splitDocuments } from '../decode/split-documents.ts'
import { isRecord } from '../normalize/update-at.ts'
import { problemsError } from '../problem.ts'
import type { Decryptor } from '../sops/decryptor.ts'

type Values = Readonly<Record<string, unknown>>

/** What helm is given besides the chart. */
export interface OpenedValues {
  /** Value files that it reads itself, from the checkout's root. */
  readonly files: readonly string[]
  /** What it is given on its standard input, which wins over the files. */
  readonly values: Values
  readonly isDecrypted: boolean
}

/**
 * Where a value file is encrypted, all of them are merged here and go to helm through a pipe with
 * the values of the configuration: nothing in clear is on disk. Throws RENDER_*.
 */
export async function openValues(
  root: string,
  chart: { readonly path: string; readonly files: readonly string[]; readonly values: Values },
  decryptor: Decryptor,
): Promise<OpenedValues> {
  const read = async (file: string) => {
    const content = await readFile(join(root, file))
    const opened = await decryptor.open(file, content)
    return { file, content: opened?.content ?? content, isDecrypted: opened !== undefined }
  }
  const own = await findOwn(root, chart.path)
  const all = own === undefined ? [] : [await read(own)]
  // helm reads those of the chart itself, unless they are encrypted.
  if (all[0]?.isDecrypted === false) all.pop()
  for (const file of chart.files) all.push(await read(file))
  if (!all.some(({ isDecrypted }) => isDecrypted)) {
    return { files: chart.files, values: chart.values, isDecrypted: false }
  }
  const layers = all.map(({ file, content }) => valuesIn(file, content.toString('utf8')))
  const values = [...layers, chart.values].reduce(mergeValues, {})
  return { files: [], values, isDecrypted: true }
}

async function findOwn(root: string, path: string): Promise<string | undefined> {
  const own = await confine(root, path, 'values.yaml')
  if (own.kind !== 'inside') return undefined
  return (await stat(join(root, own.path))).isFile() ? own.path : undefined
}

/** As helm merges value files: mappings key by key, everything else as a whole; null takes out. */
function mergeValues(under: Values, over: Values): Values {
  const merged: Record<string, unknown> = { ...under }
  for (const [key, value] of Object.entries(over)) {
    const before = Object.hasOwn(under, key) ? under[key] : undefined
    merged[key] = isRecord(before) && isRecord(value) ? mergeValues(before, value) : value
  }
  return merged
}

/** helm reads the first document. */
function valuesIn(file: string, text: string): Values {
  const [first] = Array.from(splitDocuments(text))
  const decoded = decodeYaml(first ?? { text: '', line: 1 })
  if (decoded.kind === 'empty') return {}
  if (decoded.kind === 'value' && isRecord(decoded.value)) return decoded.value
  const problems =
    decoded.kind === 'bad'
      ? decoded.problems
      : [{ code: 'RENDER_INVALID' as const, line: 1, message: 'values are a mapping' }]
  throw problemsError(problems.map((problem) => ({ ...problem, file })))
}
