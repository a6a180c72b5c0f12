import { readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
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

type Find = (value: Readonly<Record<string, unknown>>) => readonly Reference[]

/**
 * Follows everything a kustomization refers to, before kustomize does: what is remote, or leads out
 * of the checkout, is a problem with the file and line that names it. `onFile` is told each file.
 */
export async function scanKustomization(
  root: string,
  path: string,
  onFile: (file: string) => void = () => {},
): Promise<LocatedProblem[]> {
  const problems: LocatedProblem[] = []
  const seen = new Set<string>()

  async function scanFolder(folder: string): Promise<void> {
    const names = await readdir(join(root, folder))
    for (const name of kustomizationNames.filter((one) => names.includes(one))) {
      await scanFile(join(folder, name), referencesOf)
    }
  }

  async function scanFile(file: string, find: Find): Promise<void> {
    if (seen.has(file) || seen.size >= maxFiles) return
    seen.add(file)
    const { size } = await stat(join(root, file))
    if (size > limits.documentBytes) {
      problems.push({ code: 'RENDER_LIMIT', file, line: 1, message: 'it is too large' })
      return
    }
    const text = await readFile(join(root, file), 'utf8')
    for (const document of splitDocuments(text)) {
      const decoded = decodeYaml(document)
      if (decoded.kind === 'bad') {
        problems.push(...decoded.problems.map((problem) => ({ ...problem, file })))
      } else if (decoded.kind === 'value' && isRecord(decoded.value)) {
        await judge(decoded.value, file, text, find)
      }
    }
  }

  async function judge(
    value: Readonly<Record<string, unknown>>,
    file: string,
    text: string,
    find: Find,
  ): Promise<void> {
    for (const field of helmFields.filter((one) => Object.hasOwn(value, one))) {
      const message = `${field} is refused: use a helm application, or commit its output`
      problems.push({ code: 'RENDER_REFUSED', file, line: lineOf(text, field), message })
    }
    for (const reference of find(value)) {
      const fault = await follow(dirname(file), reference)
      const line = lineOf(text, reference.text)
      if (fault !== undefined) problems.push({ ...fault, file, line })
    }
  }

  async function follow(folder: string, { text, kind }: Reference): Promise<Fault | undefined> {
    if (isRemoteReference(text)) return remote
    if (kind === 'mention') return undefined
    const target = await confine(root, folder, text)
    if (target.kind === 'outside') return outside
    if (target.kind === 'missing') return missing
    const isFolder = (await stat(join(root, target.path))).isDirectory()
    if (!isFolder) onFile(target.path)
    if (kind === 'file') return undefined
    if (isFolder) await scanFolder(target.path)
    else if (kind === 'plugin') await scanFile(target.path, pluginReferences)
    return undefined
  }

  await scanFolder(path)
  return problems
}

type Fault = Pick<LocatedProblem, 'code' | 'message'>

const remote: Fault = {
  code: 'RENDER_REFUSED',
  message: 'it refers to another host; commit a copy of it and refer to that',
}
const outside: Fault = { code: 'RENDER_REFUSED', message: 'it leads out of the repository' }
const missing: Fault = { code: 'RENDER_INVALID', message: 'it refers to what does not exist' }

function lineOf(text: string, part: string): number {
  const at = text.indexOf(part)
  return at < 0 ? 1 : text.slice(0, at).split('\n').length
}
