import { posix } from 'node:path'
import type { CommitItem, CommitTree, PinnedCommit } from '../../domain/commit-tree.ts'
import { folderMode, linkMode, submoduleMode } from '../file-mode.ts'
import type { RenderInput } from '../render.ts'
import { createMountedTree, type MountedTree } from './mounted-tree.ts'
import { isAmong, mountOf, parseRemoteBase, type RemoteBase } from './remote-base.ts'
import { rewriteBases } from './rewrite-bases.ts'

/** What an application takes from other repositories. */
export interface RemoteFiles {
  /** By the folder of the checkout that its commit stands in. */
  readonly pins: ReadonlyMap<string, PinnedCommit>
  /** By kustomization, and by what is written there: the path to take instead. */
  readonly rewrites: ReadonlyMap<string, ReadonlyMap<string, string>>
}

/** Gathers them while a kustomization is scanned. */
export interface RemoteBases extends RemoteFiles {
  readonly tree: MountedTree
  /** Where that base stands from now on; undefined: it is not pinned, or not allowed. */
  take(
    text: string,
    from: { readonly file: string; readonly folder: string },
  ): Promise<string | undefined>
}

export function createRemoteBases(
  input: Pick<RenderInput, 'tree' | 'openPinned'>,
  allowed: readonly string[],
): RemoteBases {
  const tree = createMountedTree(input.tree)
  const pins = new Map<string, PinnedCommit>()
  const rewrites = new Map<string, Map<string, string>>()

  async function mount(base: RemoteBase): Promise<string> {
    const { repo, sha } = base
    const folder = mountOf(base)
    if (!pins.has(folder)) tree.mount(folder, await input.openPinned({ repo, sha }))
    pins.set(folder, { repo, sha })
    return posix.join(folder, base.path)
  }

  return {
    tree,
    pins,
    rewrites,
    async take(text, { file, folder }) {
      const base = parseRemoteBase(text)
      if (base === undefined || !isAmong(allowed, base.repo)) return undefined
      const path = await mount(base)
      const known = rewrites.get(file) ?? new Map<string, string>()
      rewrites.set(file, known.set(text, posix.relative(folder, path)))
      return path
    },
  }
}

// A checkout leaves out what is larger.
const maxFileBytes = 32 * 1024 * 1024

/** The files of other repositories at these paths, and the kustomizations that name them. */
export async function readRemoteFiles(
  input: Pick<RenderInput, 'tree' | 'openPinned'>,
  { pins, rewrites }: RemoteFiles,
  paths: readonly string[],
): Promise<ReadonlyMap<string, Buffer>> {
  const tree = createMountedTree(input.tree)
  for (const [folder, pin] of pins) tree.mount(folder, await input.openPinned(pin))
  const files = new Map<string, Buffer>()
  for (const path of [...paths, ...rewrites.keys()]) {
    for (const item of (await itemsAt(tree, path)).filter(isWritten)) {
      const content = await tree.read(item)
      const bases = rewrites.get(item.path)
      const text = bases && rewriteBases(content.toString('utf8'), bases)
      files.set(item.path, text === undefined ? content : Buffer.from(text))
    }
  }
  return files
}

async function itemsAt(tree: CommitTree, path: string): Promise<readonly CommitItem[]> {
  const found = await tree.find(path)
  if (found === undefined) return []
  return found.mode === folderMode ? tree.filesBelow(path) : [found]
}

function isWritten({ mode, size }: CommitItem): boolean {
  return mode !== linkMode && mode !== submoduleMode && size <= maxFileBytes
}
