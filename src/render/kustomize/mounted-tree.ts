import type { CommitItem, CommitTree } from '../../domain/commit-tree.ts'
import { folderMode, linkMode } from '../file-mode.ts'
import { remoteFolder } from './remote-base.ts'

/** A commit with those of other repositories in it, by the folder each stands in. */
export interface MountedTree extends CommitTree {
  mount(folder: string, tree: CommitTree): void
}

export function createMountedTree(own: CommitTree): MountedTree {
  const mounts = new Map<string, CommitTree>()

  function placeOf(path: string): { tree: CommitTree; path: string; folder: string } | undefined {
    if (path !== remoteFolder && !path.startsWith(`${remoteFolder}/`)) {
      return { tree: own, path, folder: '' }
    }
    const folder = path.split('/').slice(0, 2).join('/')
    const tree = mounts.get(folder)
    return tree && { tree, path: path.slice(folder.length + 1), folder }
  }

  return {
    mount: (folder, tree) => mounts.set(folder, tree),
    async find(path) {
      if (path === remoteFolder) return { path, mode: folderMode, oid: '', size: 0 }
      const place = placeOf(path)
      const item = await place?.tree.find(place.path)
      // A checkout gets files of other repositories, no links.
      if (place === undefined || item === undefined) return undefined
      return place.folder !== '' && item.mode === linkMode ? undefined : { ...item, path }
    },
    async filesBelow(path) {
      const place = placeOf(path)
      if (place === undefined) return []
      const items = await place.tree.filesBelow(place.path)
      return items.map((item) => ({ ...item, path: inFolder(place.folder, item) }))
    },
    async read(item) {
      const place = placeOf(item.path)
      if (place === undefined) throw new Error(`${item.path} is in no repository`)
      return place.tree.read({ ...item, path: place.path })
    },
  }
}

function inFolder(folder: string, { path }: CommitItem): string {
  return folder === '' ? path : `${folder}/${path}`
}
