import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isMap, isNode, isScalar, isSeq } from 'yaml'
import { maskSaid, readDocuments, scalarsOf } from '../mask-said.ts'
import { isField } from './field-values.ts'
import { kustomizationNames } from './scan-kustomization.ts'

/**
 * What kustomize said without the literals of Secrets, and the values of charts: a message repeats
 * one that is not key=value, or that a chart gives as its reason to fail.
 */
export function maskLiterals(
  said: string,
  root: string,
  valueFiles: readonly string[],
): Promise<string> {
  return maskSaid(said, async () => {
    const documents = await readDocuments(await kustomizationsBelow(root))
    const written = documents.flatMap(({ contents }) => [
      ...textsIn(contents, 'secretGenerator', 'literals').flatMap(withValue),
      ...textsIn(contents, 'helmCharts', 'valuesInline'),
    ])
    const present = valueFiles.map((file) => join(root, file)).filter((file) => existsSync(file))
    return [...written, ...(await readDocuments(present)).flatMap(scalarsOf)]
  })
}

/** Hidden folders too, but not what links lead to: that is met where it is. */
async function kustomizationsBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const found = await Promise.all(
    entries.map(async (entry) => {
      const file = join(folder, entry.name)
      if (entry.isDirectory()) return kustomizationsBelow(file)
      return kustomizationNames.includes(entry.name) ? [file] : []
    }),
  )
  return found.flat()
}

/** Of each entry of a list. */
function textsIn(kustomization: unknown, list: string, field: string): string[] {
  const entries = valuesOf(kustomization, list).flatMap((one) => (isSeq(one) ? one.items : []))
  const values = entries.flatMap((entry) => valuesOf(entry, field))
  return values.flatMap((value) => (isNode(value) ? scalarsOf(value) : []))
}

function valuesOf(map: unknown, field: string): unknown[] {
  if (!isMap(map)) return []
  return map.items.flatMap(({ key, value }) =>
    isScalar(key) && isField(String(key.value), field) ? [value] : [],
  )
}

function withValue(literal: string): string[] {
  return [literal, literal.slice(literal.indexOf('=') + 1)]
}
