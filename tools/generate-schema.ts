// Writes schema/landfall.schema.json and docs/configuration.md from the zod schema.
// Run by hand after a change of src/config/schema: node tools/generate-schema.ts
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { landfallJsonSchema } from '../src/config/json-schema.ts'
import { configDocs, type SchemaNode } from './config-docs.ts'

/** Path from the root of the repository → text. */
export function generatedFiles(): ReadonlyMap<string, string> {
  const schema = landfallJsonSchema()
  return new Map([
    ['schema/landfall.schema.json', `${JSON.stringify(schema, null, 2)}\n`],
    ['docs/configuration.md', configDocs(schema as SchemaNode)],
  ])
}

if (import.meta.main) {
  for (const [path, text] of generatedFiles()) {
    const file = join(import.meta.dirname, '..', path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
  }
}
