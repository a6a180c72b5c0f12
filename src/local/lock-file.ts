import { randomBytes } from 'node:crypto'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { isRunning, type ProcessIdentity, parseIdentity } from './process-identity.ts'

export type Claim =
  | { readonly kind: 'held'; release(): Promise<void> }
  /** `holder` undefined: it let go while we looked. */
  | { readonly kind: 'busy'; readonly holder: ProcessIdentity | undefined }

/**
 * Claims a file for one process, which need not be this one. The claim of a process that has ended
 * counts for nothing.
 */
export async function claimFile(file: string, owner: ProcessIdentity): Promise<Claim> {
  const own = `${file}.${randomBytes(6).toString('hex')}`
  const content = JSON.stringify(owner)
  await writeFile(own, content, { mode: 0o600 })
  try {
    if (await tryLink(own, file)) return held(file, content)
    const current = await readIfThere(file)
    const holder = current === undefined ? undefined : parseIdentity(current)
    if (current === undefined || (holder !== undefined && isRunning(holder))) {
      return { kind: 'busy', holder }
    }
    await removeStale(file, current)
    return (await tryLink(own, file)) ? held(file, content) : { kind: 'busy', holder: undefined }
  } finally {
    await rm(own, { force: true })
  }
}

// A link comes into being whole, with its content: nobody reads a claim half written.
function tryLink(own: string, file: string): Promise<boolean> {
  return link(own, file).then(
    () => true,
    (error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
      throw error
    },
  )
}

function held(file: string, content: string): Claim {
  const release = async () => {
    if ((await readIfThere(file)) === content) await rm(file, { force: true })
  }
  return { kind: 'held', release }
}

// Of two that find the same stale claim, the slower one may have moved a fresh one: put it back.
async function removeStale(file: string, stale: string): Promise<void> {
  const aside = `${file}.${randomBytes(6).toString('hex')}`
  try {
    await rename(file, aside)
  } catch {
    return
  }
  if ((await readIfThere(aside)) !== stale) await tryLink(aside, file)
  await rm(aside, { force: true })
}

function readIfThere(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined)
}
