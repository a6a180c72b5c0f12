import { glob, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { parseAllDocuments, visit } from 'yaml'
import { createRedactor } from '../../domain/redact.ts'
import { createSecret } from '../../domain/secret.ts'

interface ChartValues {
  readonly root: string
  /** Of the chart. */
  readonly path: string
  /** From the root. */
  readonly valueFiles: readonly string[]
  /** Those of the configuration. */
  readonly values: unknown
  /** Words that tell a person where, and are values too. */
  readonly plain: readonly string[]
}

const unknown = 'what it said is not shown, since it may hold values that are secret'
const maxFileBytes = 1024 ** 2
/** Of the chart, and of those in it. */
const ownFiles = ['values.yaml', 'charts/**/values.yaml']

/**
 * What helm said of a chart without what its values hold: which of them are secret nobody says, and
 * `fail`, a schema or a wrong type puts them into a message.
 */
export async function maskValues(text: string, chart: ChartValues): Promise<string> {
  try {
    const known = await valuesOf(chart)
    const hidden = Array.from(known).filter((value) => !chart.plain.includes(value))
    return createRedactor(hidden.map(createSecret))(text)
  } catch {
    return unknown
  }
}

async function valuesOf({ root, path, valueFiles, values }: ChartValues): Promise<Set<string>> {
  const found = new Set<string>()
  collect(JSON.stringify(values), found)
  const files = [...valueFiles]
  for await (const file of glob(ownFiles, { cwd: join(root, path) })) files.push(join(path, file))
  for (const file of files) {
    const { size } = await stat(join(root, file))
    if (size > maxFileBytes) throw new Error(`${file} is too large`)
    collect(await readFile(join(root, file), 'utf8'), found)
  }
  return found
}

/** A file that is no valid YAML has values as well. */
function collect(yaml: string, found: Set<string>): void {
  for (const document of parseAllDocuments(yaml, { logLevel: 'silent' })) {
    visit(document, {
      Scalar(key, { value, source }) {
        if (key === 'key') return
        if (typeof value === 'string' || typeof value === 'number') found.add(String(value))
        if (source !== undefined) found.add(source)
      },
    })
  }
}
