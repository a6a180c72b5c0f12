import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ChartRepository } from '../../domain/chart.ts'

/**
 * Archives by the digest of their content, on the disk. What is damaged there is not found, nor
 * what was fetched with another credential.
 */
export interface ArchiveCache {
  get(sha256: string, credentials: Credentials): Promise<Buffer | undefined>
  /** Those that were not used for the longest time make room. */
  put(sha256: string, credentials: Credentials, archive: Buffer): Promise<void>
}

type Credentials = ChartRepository['credentials']

export function createArchiveCache(dir: string, maxBytes: number): ArchiveCache {
  const fileOf = (sha256: string, credentials: Credentials) =>
    join(dir, `${sha256}${identityOf(credentials)}.tgz`)
  return {
    async get(sha256, credentials) {
      const file = fileOf(sha256, credentials)
      const archive = await readFile(file).catch(() => undefined)
      if (archive === undefined || sha256Of(archive) !== sha256) return undefined
      const now = new Date()
      await utimes(file, now, now).catch(() => {})
      return archive
    },
    async put(sha256, credentials, archive) {
      await mkdir(dir, { recursive: true, mode: 0o700 })
      await makeRoom(dir, maxBytes - archive.length)
      const part = join(dir, `${randomUUID()}.part`)
      try {
        await writeFile(part, archive, { mode: 0o600 })
        await rename(part, fileOf(sha256, credentials))
      } catch (error: unknown) {
        await rm(part, { force: true })
        throw error
      }
    },
  }
}

function identityOf(credentials: Credentials): string {
  if (credentials === undefined) return ''
  const { username, token } = credentials
  return `-${sha256Of(JSON.stringify([username, token.reveal()]))}`
}

export function sha256Of(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex')
}

async function makeRoom(dir: string, bytes: number): Promise<void> {
  const files = await Promise.all(
    (await readdir(dir)).map(async (name) => {
      const file = join(dir, name)
      // Another process may have removed it.
      const found = await stat(file).catch(() => undefined)
      return { file, size: found?.size ?? 0, usedAt: found?.mtimeMs ?? 0 }
    }),
  )
  let total = 0
  for (const { file, size } of files.toSorted((one, other) => other.usedAt - one.usedAt)) {
    total += size
    if (total > bytes) await rm(file, { force: true })
  }
}
