import { z } from 'zod'
import type { Path } from './problem.ts'

/** The keys a mapping at that path may have; of a union those of all its branches. */
export function keysAt(schema: z.ZodType, path: Path): string[] {
  let schemas = branchesOf(schema)
  for (const part of path) schemas = schemas.flatMap((parent) => branchesOf(childOf(parent, part)))
  return schemas.flatMap((last) => (last instanceof z.ZodObject ? Object.keys(last.shape) : []))
}

function branchesOf(schema: unknown): z.ZodType[] {
  if (schema instanceof z.ZodOptional) return branchesOf(schema.unwrap())
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(branchesOf)
  return schema instanceof z.ZodType ? [schema] : []
}

function childOf(schema: z.ZodType, part: string | number): unknown {
  if (schema instanceof z.ZodObject) return schema.shape[part]
  if (schema instanceof z.ZodRecord) return schema.valueType
  return schema instanceof z.ZodArray ? schema.element : undefined
}
