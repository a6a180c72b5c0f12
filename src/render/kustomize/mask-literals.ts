import { existsSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import { join } from 'node:path'
import { isMap, isNode, isSeq } from 'yaml'
import { maskSaid, readDocuments, scalarsOf } from '../mask-said.ts'
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
    const files: string[] = []
    const patterns = kustomizationNames.map((name) => `**/${name}`)
    for await (const file of glob(patterns, { cwd: root })) files.push(join(root, file))
    const documents = await readDocuments(files)
    const literals = documents.flatMap((document) => literalsIn(document.get('secretGenerator')))
    const inline = documents.flatMap((document) => valuesIn(document.get('helmCharts')))
    const present = valueFiles.map((file) => join(root, file)).filter((file) => existsSync(file))
    const values = (await readDocuments(present)).flatMap(scalarsOf)
    return [...literals, ...inline, ...values]
  })
}

function valuesIn(charts: unknown): string[] {
  if (!isSeq(charts)) return []
  return charts.items.flatMap((chart) => {
    const values = isMap(chart) ? chart.get('valuesInline') : undefined
    return isNode(values) ? scalarsOf(values) : []
  })
}

function literalsIn(generators: unknown): string[] {
  if (!isSeq(generators)) return []
  return generators.items.flatMap((generator) => {
    const literals = isMap(generator) ? generator.get('literals') : undefined
    const texts = isNode(literals) ? scalarsOf(literals) : []
    return texts.flatMap((text) => [text, text.slice(text.indexOf('=') + 1)])
  })
}
