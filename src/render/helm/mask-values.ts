import { glob } from 'node:fs/promises'
import { join } from 'node:path'
import { documentsIn, maskSaid, readDocuments, scalarsOf } from '../mask-said.ts'

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

/** Of the chart, and of those in it. */
const ownFiles = ['values.yaml', 'charts/**/values.yaml']

/**
 * What helm said of a chart without what its values hold: which of them are secret nobody says, and
 * `fail`, a schema or a wrong type puts them into a message.
 */
export function maskValues(said: string, chart: ChartValues): Promise<string> {
  const { root, path, valueFiles, values, plain } = chart
  return maskSaid(said, async () => {
    const files = [...valueFiles]
    for await (const file of glob(ownFiles, { cwd: join(root, path) })) files.push(join(path, file))
    const written = await readDocuments(files.map((file) => join(root, file)))
    const found = [...documentsIn(JSON.stringify(values)), ...written].flatMap(scalarsOf)
    return found.filter((value) => !plain.includes(value))
  })
}
