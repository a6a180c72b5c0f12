import { glob } from 'node:fs/promises'
import { join } from 'node:path'
import { isMap, isNode, isSeq } from 'yaml'
import { maskSaid, readDocuments, scalarsOf } from '../mask-said.ts'
import { kustomizationNames } from './scan-kustomization.ts'

/**
 * What kustomize said without the literals of Secrets: a message repeats one that is not key=value.
 */
export function maskLiterals(said: string, root: string): Promise<string> {
  return maskSaid(said, async () => {
    const files: string[] = []
    const patterns = kustomizationNames.map((name) => `**/${name}`)
    for await (const file of glob(patterns, { cwd: root })) files.push(join(root, file))
    const documents = await readDocuments(files)
    return documents.flatMap((document) => literalsIn(document.get('secretGenerator')))
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
