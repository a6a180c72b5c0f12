import { posix } from 'node:path'
import type { CommitItem } from '../../domain/commit-tree.ts'
import { type Followed, followPath } from '../closure/follow-path.ts'
import type { Trail } from '../closure/trail.ts'
import { decodeYaml } from '../decode/decode-yaml.ts'
import type { Places } from '../decode/node-to-value.ts'
import { splitDocuments } from '../decode/split-documents.ts'
import { limits } from '../limits.ts'
import { isRecord } from '../normalize/update-at.ts'
import type { LocatedProblem } from '../problem.ts'
import { isRemoteReference } from '../remote-reference.ts'
import { type DeclaringScan, startDeclaring } from './declaring.ts'
import {
  builtPlugin,
  type Fault,
  inflator,
  missing,
  noKustomization,
  outside,
  remote,
  unpinned,
} from './fault.ts'
import { followWithin } from './follow-within.ts'
import { lineOfText } from './line-of-text.ts'
import { isInflator, pluginReferences, type Reference, referencesOf } from './references.ts'
import { repositoryAt } from './remote-base.ts'
import type { RemoteBases } from './remote-bases.ts'
import { type TakenCharts, takeCharts } from './take-charts.ts'

export const kustomizationNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization']

const maxFiles = 2000

/** Where references are looked for. */
interface Place {
  readonly folder: string
  /** What is listed here are plugins of the kustomization in that folder, not resources. */
  readonly pluginsOf?: string
}

interface Scanned extends Place {
  readonly file: string
  readonly item: CommitItem
  readonly is: 'kustomization' | 'plugin'
}

interface ReadDocument extends Scanned {
  /** All of the file. */
  readonly text: string
  readonly value: Readonly<Record<string, unknown>>
  readonly places: Places
}

interface ScanOptions {
  readonly charts?: TakenCharts | undefined
  readonly bases?: RemoteBases | undefined
  readonly declaring?: DeclaringScan
}

/**
 * Follows everything a kustomization refers to, before kustomize does, and leaves a trail of it:
 * what is remote, or leads out of the repository, is a problem with the file and line that names it.
 * Without `charts`, one that wants helm to be run is a problem too; with `bases`, a pinned base of a
 * repository that is allowed is none. What it says of where objects are declared goes to `declaring`.
 */
export async function scanKustomization(
  trail: Trail,
  path: string,
  { charts, bases, declaring = startDeclaring() }: ScanOptions = {},
): Promise<readonly LocatedProblem[]> {
  const problems: LocatedProblem[] = []
  const seen = new Set<string>()

  /** Whether there is a kustomization in it. */
  async function scanFolder(place: Place): Promise<boolean> {
    let isFound = false
    for (const name of kustomizationNames) {
      const target = await followWithin(trail, place.folder, name)
      const file = posix.join(place.folder, name)
      if (target.kind === 'outside') problems.push({ ...outside, file, line: 1 })
      if (target.kind !== 'file') continue
      isFound = true
      await scanFile({ ...place, file, item: target.item, is: 'kustomization' })
    }
    return isFound
  }

  async function scanFile(scanned: Scanned): Promise<void> {
    const { file, item, folder, pluginsOf } = scanned
    const key = JSON.stringify([file, folder, pluginsOf])
    if (seen.has(key)) return
    seen.add(key)
    if (seen.size > maxFiles) {
      if (seen.size === maxFiles + 1) problems.push({ ...tooMany, file, line: 1 })
      return
    }
    if (item.size > limits.documentBytes) {
      problems.push({ code: 'RENDER_LIMIT', file, line: 1, message: 'it is too large' })
      return
    }
    const text = (await trail.read(item)).toString('utf8')
    for (const document of splitDocuments(text)) {
      const decoded = decodeYaml(document)
      if (decoded.kind === 'bad') {
        problems.push(...decoded.problems.map((problem) => ({ ...problem, file })))
      } else if (decoded.kind === 'value' && isRecord(decoded.value)) {
        const { value, places } = decoded
        problems.push(...(await judge({ ...scanned, text, value, places })))
      }
    }
  }

  async function judge(read: ReadDocument): Promise<readonly LocatedProblem[]> {
    const { file, folder, text, value } = read
    const isPlugin = read.is === 'plugin'
    const located = (part: string, fault: Fault) => ({
      ...fault,
      file,
      line: lineOfText(text, part),
    })
    if (isPlugin && isInflator(value)) return [located('kind', inflator)]
    declaring.takeKustomization({
      ...read,
      file: read.item.path,
      isPlugin,
      isOfPlugins: read.pluginsOf !== undefined,
    })
    const faults = isPlugin ? [] : [...(await takeCharts(trail, folder, value, charts))]
    for (const reference of isPlugin ? pluginReferences(value) : referencesOf(value)) {
      const fault = await follow(read, reference)
      if (fault !== undefined) faults.push([reference.text, fault])
    }
    return faults.map(([part, fault]) => located(part, fault))
  }

  async function follow(
    place: ReadDocument,
    { text, kind }: Reference,
  ): Promise<Fault | undefined> {
    if (kind === 'inflator') return inflator
    if (isRemoteReference(text)) return kind === 'base' ? followRemote(place, text) : remote
    const target = await followWithin(trail, place.folder, text)
    if (kind === 'mention') return undefined
    if (target.kind === 'outside') return outside
    if (target.kind === 'missing') return missing
    return kind === 'file' ? undefined : followInto(place, target, kind)
  }

  async function followRemote(read: ReadDocument, base: string): Promise<Fault | undefined> {
    const { folder, pluginsOf, item } = read
    if (bases === undefined || pluginsOf !== undefined) return remote
    const path = await bases.take(base, { folder, file: item.path })
    if (path === undefined) return unpinned
    const target = await followPath(trail, '', path)
    if (target.kind !== 'folder') return missing
    if (repositoryAt(item.path) === '') {
      const origin = { file: item.path, line: lineOfText(read.text, base) }
      declaring.takePin({ folder: target.item.path, origin })
    }
    return (await scanFolder({ folder: target.item.path })) ? undefined : noKustomization
  }

  async function followInto(
    { folder, pluginsOf }: Place,
    { kind, item }: Extract<Followed, { item: unknown }>,
    reference: 'base' | 'plugin',
  ): Promise<Fault | undefined> {
    // What a plugin names is looked for from the kustomization that it is a plugin of.
    const owner = reference === 'plugin' ? folder : pluginsOf
    if (kind === 'file') {
      const plugin = { file: item.path, item, folder: owner ?? '', is: 'plugin' } as const
      if (owner === undefined) declaring.takeFile(item)
      else await scanFile(plugin)
      return undefined
    }
    // What such a folder is built to is a plugin that nobody has seen.
    if (owner !== undefined && charts !== undefined) return builtPlugin
    const inner = owner === undefined ? {} : { pluginsOf: owner }
    return (await scanFolder({ folder: item.path, ...inner })) ? undefined : noKustomization
  }

  if (!(await scanFolder({ folder: path }))) {
    const file = posix.join(path, 'kustomization.yaml')
    problems.push({ code: 'RENDER_INVALID', file, line: 1, message: 'there is no such file' })
  }
  return problems
}

const tooMany: Fault = {
  code: 'RENDER_LIMIT',
  message: `more than ${maxFiles} files refer to others; split the application`,
}
