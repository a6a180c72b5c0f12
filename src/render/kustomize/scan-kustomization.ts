import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { confine } from '../confined-path.ts'
import { decodeYaml } from '../decode/decode-yaml.ts'
import { splitDocuments } from '../decode/split-documents.ts'
import { limits } from '../limits.ts'
import { isRecord } from '../normalize/update-at.ts'
import type { LocatedProblem } from '../problem.ts'
import { isRemoteReference } from '../remote-reference.ts'
import { helmFields, pluginReferences, type Reference, referencesOf } from './references.ts'

export const kustomizationNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization']

const maxFiles = 2000

/**
 * Follows everything a kustomization refers to, before kustomize does: what is remote, or leads out
 * of the checkout, is a problem with the file and line that names it.
 */
export async function scanKustomization(root: string, path: string): Promise<LocatedProblem[]> {
  const problems: LocatedProblem[] = []
  const seen = new Set<string>()

  async function scanFolder(folder: string): Promise<void> {
    const names = await readdir(join(root, folder))
    for (const name of kustomizationNames.filter((one) => names.includes(one))) {
      await scanFile(folder, name, (value) => referencesOf(value))
    }
  }

  async function scanFile(
    folder: string,
    name: string,
    find: (value: Readonly<Record<string, unknown>>) => readonly Reference[],
  ): Promise<void> {
    const file = join(folder, name)
    if (seen.has(file) || seen.size >= maxFiles) return
    seen.add(file)
    const { size } = await stat(join(root, file))
    if (size > limits.documentBytes) return
    const text = await readFile(join(root, file), 'utf8')
    const report = (problem: Omit<LocatedProblem, 'file'>) => problems.push({ ...problem, file })
    for (const document of splitDocuments(text)) {
      const decoded = decodeYaml(document)
      if (decoded.kind === 'bad') decoded.problems.forEach(report)
      if (decoded.kind !== 'value' || !isRecord(decoded.value)) continue
      for (const field of helmFields.filter((one) => Object.hasOwn(decoded.value as object, one))) {
        const message = `${field} is refused: use a helm application, or commit its output`
        report({ code: 'RENDER_REFUSED', line: lineOf(text, field), message })
      }
      for (const reference of find(decoded.value)) {
        const problem = await follow(folder, reference)
        if (problem !== undefined) report({ ...problem, line: lineOf(text, reference.text) })
      }
    }
  }

  async function follow(
    folder: string,
    { text, kind }: Reference,
  ): Promise<Omit<LocatedProblem, 'file' | 'line'> | undefined> {
    if (isRemoteReference(text)) {
      const message = 'it refers to another host; commit a copy of it and refer to that'
      return { code: 'RENDER_REFUSED', message }
    }
    const target = await confine(root, folder, text)
    if (target.kind === 'outside') {
      return { code: 'RENDER_REFUSED', message: 'it leads out of the repository' }
    }
    if (target.kind === 'missing') {
      return { code: 'RENDER_INVALID', message: 'it refers to what does not exist' }
    }
    if (kind === 'file') return undefined
    if ((await stat(join(root, target.path))).isDirectory()) await scanFolder(target.path)
    else if (kind === 'plugin') await scanFile('', target.path, pluginReferences)
    return undefined
  }

  await scanFolder(path)
  return problems
}

function lineOf(text: string, part: string): number {
  const at = text.indexOf(part)
  return at < 0 ? 1 : text.slice(0, at).split('\n').length
}
