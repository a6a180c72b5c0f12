import { posix } from 'node:path'
import type { Origin } from '../../domain/change.ts'
import type { CommitItem } from '../../domain/commit-tree.ts'
import { followPath } from '../closure/follow-path.ts'
import { splitDocuments } from '../decode/split-documents.ts'
import { limits } from '../limits.ts'
import type { Needed } from '../needed-files.ts'
import { createPace } from '../pace.ts'
import type { RenderInput } from '../render.ts'
import { type Declaration, declarationsIn } from './declarations.ts'
import { createLocatePin } from './locate-pin.ts'
import { matchDeclaration } from './match-declaration.ts'
import type { OriginNote } from './origin-note.ts'
import { repositoryAt } from './remote-base.ts'

/** Where in the commit that is; undefined: nowhere that it could be true of. */
export type LocateOrigin = (note: OriginNote) => Promise<Origin | undefined>

/**
 * A repository may have written a note itself: no path of one is looked at but that of a file which
 * kustomize was given. What is in another repository is where this one names that.
 */
export function createLocateOrigin(
  { tree, application: { path }, signal }: RenderInput,
  { known, remote }: Pick<Needed, 'known' | 'remote'>,
): LocateOrigin {
  const given = new Set([...known, ...(remote?.rewrites.keys() ?? [])])
  const locatePin = createLocatePin(tree, remote)
  const declared = new Map<string, readonly Declaration[] | undefined>()
  const pace = createPace(signal)
  let bytes = 0
  let documents = 0

  async function declarationsOf(item: CommitItem): Promise<readonly Declaration[] | undefined> {
    if (!declared.has(item.path)) declared.set(item.path, await readDeclarations(item))
    return declared.get(item.path)
  }

  async function readDeclarations(item: CommitItem) {
    bytes += item.size
    if (bytes > limits.bytes) return undefined
    const found: Declaration[] = []
    for (const document of splitDocuments((await tree.read(item)).toString('utf8'))) {
      documents += 1
      const some = documents > 2 * limits.objects ? undefined : declarationsIn(document)
      if (some === undefined) return undefined
      found.push(...some)
      await pace()
    }
    return found
  }

  return async (note) => {
    const written = posix.join(path, note.file)
    if (repositoryAt(written) !== '') return locatePin(written)
    const target = await followPath(tree, path, note.file)
    if (target.kind !== 'file' || !given.has(target.item.path)) return undefined
    const file = target.item.path
    const declarations = await declarationsOf(target.item)
    const matched = declarations && matchDeclaration(declarations, note.declared)
    // A path through a link may have become another's when kustomize made it shorter.
    if (matched?.kind === 'none' && !note.isGenerated) return undefined
    return { file, line: matched?.kind === 'found' ? matched.line : 1 }
  }
}
