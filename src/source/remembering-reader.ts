import { createByteCache } from '../domain/byte-cache.ts'
import type { Revision } from '../domain/revision.ts'
import type { MirrorReader } from './mirror-reader.ts'
import type { Mirrors } from './mirrors.ts'

const cacheBytes = 16 * 1024 * 1024
const revisionBytes = 1024

/**
 * A commit never changes: what a mirror said of one is asked for once, as long as that very mirror
 * stands. To start git costs more than all else that a small push needs.
 */
export function rememberingReader(
  reader: MirrorReader,
  { identity }: Pick<Mirrors, 'identity'>,
): MirrorReader {
  const revisions = createByteCache<Revision>(cacheBytes)
  return {
    ...reader,

    async tip(remote) {
      const tip = await reader.tip(remote)
      if (tip !== undefined) {
        revisions.set(`${await identity(remote)} ${tip.sha}`, tip, revisionBytes)
      }
      return tip
    },

    async revision(remote, sha) {
      const key = `${await identity(remote)} ${sha}`
      const known = revisions.get(key)
      if (known !== undefined) return known
      const revision = await reader.revision(remote, sha)
      if (revision !== undefined) revisions.set(key, revision, revisionBytes)
      return revision
    },
  }
}
