import { z } from 'zod'
import { LandfallFile } from './schema/landfall-file.ts'

/** JSON Schema of landfall.yaml, draft-07 as the editors' YAML servers read it. */
export function landfallJsonSchema(): z.core.JSONSchema.JSONSchema {
  return z.toJSONSchema(LandfallFile, {
    target: 'draft-07',
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      // zod leaves out the defaults and examples of what is transformed.
      const { default: fallback, examples } = z.globalRegistry.get(zodSchema) ?? {}
      if (fallback !== undefined) jsonSchema.default = fallback as never
      if (examples !== undefined) jsonSchema.examples = examples as never
    },
  })
}
