import { join } from 'node:path'
import type { Application } from '../domain/application.ts'
import type { Clock } from '../domain/clock.ts'
import type { CommitTree } from '../domain/commit-tree.ts'
import { StageError } from '../domain/error.ts'
import { type Revision, shortSha } from '../domain/revision.ts'
import type { SecuritySettings } from '../domain/settings.ts'
import { findGuard, type Guard } from '../sandbox/guard.ts'
import { createPrivateDirs } from '../sandbox/private-dirs.ts'
import { createBlobBatch } from './blob-batch.ts'
import { createCharts } from './charts/create-charts.ts'
import { repositoriesOf } from './charts/repositories-of.ts'
import { createFetchQueue } from './fetch-queue.ts'
import { createGit, systemPath } from './git.ts'
import { diskError, stoppedError } from './git-error.ts'
import { type Resolve, systemResolve } from './host-address.ts'
import { createMirrorReader } from './mirror-reader.ts'
import { createMirrors } from './mirrors.ts'
import { once } from './once.ts'
import type { AppToken } from './present-credentials.ts'
import { rememberingReader } from './remembering-reader.ts'
import { pinnedRemote, type Remote, remoteOf } from './remote.ts'
import { checkRepoPath } from './repo-path.ts'
import type { Source } from './source.ts'
import { isTree, submoduleMode, type TreeEntry } from './tree-entry.ts'
import { checkoutLimits, writeTree } from './write-tree.ts'

export interface SourceOptions {
  /** Absolute. */
  readonly dataDir: string
  readonly security: SecuritySettings
  readonly clock: Clock
  readonly appToken?: AppToken
  /** Folders git and ssh are looked for in, as in PATH. */
  readonly path?: string
  readonly fetchTimeoutMs?: number
  readonly guard?: Guard
  readonly maxFetchBytes?: number
  readonly resolve?: Resolve
}

const defaultFetchTimeoutMs = 10 * 60 * 1000
const defaultMaxFetchBytes = 8 * 1024 ** 3

/** Writes to the disk at the first call of a method only; several processes may share `dataDir`. */
export function createSource(options: SourceOptions): Source {
  const { dataDir, security, clock } = options
  const temp = createPrivateDirs(join(dataDir, 'tmp'), clock)
  const git = createGit({
    dir: join(dataDir, 'git'),
    path: options.path ?? systemPath,
    guard: options.guard ?? findGuard(),
    temp,
    ...(options.appToken !== undefined && { appToken: options.appToken }),
  })
  const mirrors = createMirrors({
    dir: join(dataDir, 'mirrors'),
    git,
    temp,
    resolve: options.resolve ?? systemResolve,
    fetchTimeoutMs: options.fetchTimeoutMs ?? defaultFetchTimeoutMs,
    maxFetchBytes: options.maxFetchBytes ?? defaultMaxFetchBytes,
    clock,
  })
  const reader = rememberingReader(createMirrorReader(git, mirrors), mirrors)
  const fetches = createFetchQueue()
  const resolve = options.resolve ?? systemResolve
  const charts = createCharts({ dir: join(dataDir, 'charts'), security, resolve })
  const start = once(async () => {
    await temp.sweep()
    await mirrors.sweep()
  })

  async function within<T>(
    application: Application,
    work: (remote: Remote) => Promise<T>,
  ): Promise<T> {
    return withinRemote(remoteOf(application, security), work)
  }

  async function withinRemote<T>(remote: Remote, work: (remote: Remote) => Promise<T>): Promise<T> {
    try {
      await start()
      return await work(remote)
    } catch (error: unknown) {
      throw diskError(remote.title, error)
    }
  }

  async function fetchBranch(remote: Remote, signal: AbortSignal): Promise<Revision> {
    const update = (shared: AbortSignal) => mirrors.update(remote, shared)
    await fetches.run(remote.key, remote.branchRef, signal, update)
    const tip = await reader.tip(remote)
    if (tip !== undefined) return tip
    throw new StageError('SOURCE_REFUSED', `${remote.title} does not point to a commit`)
  }

  function blobBatch(remote: Remote, signal: AbortSignal) {
    return createBlobBatch((oids, onBlob) => reader.readBlobs(remote, { oids, onBlob, signal }))
  }

  async function fetchTip(remote: Remote, signal: AbortSignal): Promise<Revision> {
    try {
      return await fetchBranch(remote, signal)
    } catch (error: unknown) {
      if (signal.aborted) throw stoppedError(remote.title, signal.reason)
      // Reading the tip dropped the damaged mirror.
      if (error instanceof StageError && error.code === 'SOURCE_CORRUPT') {
        return fetchBranch(remote, signal)
      }
      throw error
    }
  }

  function treeOf(
    inMirror: <T>(work: (remote: Remote) => Promise<T>) => Promise<T>,
    rootTree: string,
    signal: AbortSignal,
  ): CommitTree {
    let read: ReturnType<typeof blobBatch> | undefined
    return {
      find: (path) => inMirror((remote) => reader.entryAt(remote, rootTree, path)),
      filesBelow: (path) => inMirror((remote) => reader.filesBelow(remote, rootTree, path)),
      async read(item) {
        const oid = blobOf(item)
        return inMirror((remote) => {
          read ??= blobBatch(remote, signal)
          return read(oid)
        })
      },
    }
  }

  return {
    fetchTip: (application, signal) => within(application, (remote) => fetchTip(remote, signal)),

    localTip: (application) => within(application, (remote) => reader.tip(remote)),

    localRevision: (application, sha) =>
      within(application, (remote) => reader.revision(remote, sha)),

    isAncestor: (application, ancestor, descendant) =>
      within(application, (remote) => reader.isAncestor(remote, ancestor, descendant)),

    pathTree: (application, { sha, rootTree }) =>
      within(application, async (remote) => {
        const path = checkRepoPath(application.path)
        if (path === '') return rootTree
        const entry = await reader.entryAt(remote, rootTree, path)
        if (entry !== undefined && isTree(entry)) return entry.oid
        const what = entry === undefined ? 'does not exist' : 'is not a folder'
        const text = `path ${path} ${what} in commit ${shortSha(sha)}; check applications.${application.name}.path`
        throw new StageError('SOURCE_PATH_GONE', text)
      }),

    readTree: (application, { rootTree }, signal) =>
      within(application, async (remote) => {
        const path = checkRepoPath(application.path)
        const entries = await reader.filesBelow(remote, rootTree, path)
        const read = blobBatch(remote, signal)
        return { files: entries.map((entry) => ({ ...entry, read: () => read(entry.oid) })) }
      }),

    openTree: (application, { rootTree }, signal) =>
      treeOf((work) => within(application, work), rootTree, signal),

    async openPinned(pin, signal) {
      const remote = pinnedRemote(pin, security)
      const { rootTree } = await withinRemote(remote, async () => {
        const known = await reader.revision(remote, pin.sha)
        if (known === undefined) return fetchTip(remote, signal)
        await mirrors.touch(remote)
        return known
      })
      return treeOf((work) => withinRemote(remote, work), rootTree, signal)
    },

    fetchChart: ({ render }, chart, signal) =>
      charts.archive(chart, repositoriesOf(render, chart), signal),

    checkout: (application, { rootTree }, signal, { paths = [''], added } = {}) =>
      within(application, async (remote) => {
        const entries = await entriesAt(paths, (path) => reader.filesBelow(remote, rootTree, path))
        const own = await temp.make()
        const root = join(own, 'root')
        try {
          const content = { entries, ...(added !== undefined && { added }) }
          const outward = await writeTree(root, content, checkoutLimits, (oids, onBlob) =>
            reader.readBlobs(remote, { oids, onBlob, signal }),
          )
          refuseOutward(application.path, outward)
        } catch (error: unknown) {
          await temp.remove(own)
          throw error
        }
        return { root, dispose: () => temp.remove(own) }
      }),
  }
}

/** Each once, though one path may lie below another. */
async function entriesAt(
  paths: readonly string[],
  filesBelow: (path: string) => Promise<readonly TreeEntry[]>,
): Promise<readonly TreeEntry[]> {
  const entries = new Map<string, TreeEntry>()
  for (const path of paths) {
    for (const entry of await filesBelow(path)) entries.set(entry.path, entry)
  }
  return [...entries.values()]
}

function blobOf({ mode, oid, path }: TreeEntry): string {
  if (mode !== submoduleMode && !isTree({ mode })) return oid
  throw new Error(`${path} is no file`)
}

function refuseOutward(path: string, outward: readonly string[]): void {
  const below = outward.filter((link) => path === '' || link.startsWith(`${path}/`))
  if (below.length === 0) return
  throw new StageError('SOURCE_REFUSED', `${below.length} symbolic links leave the repository`, {
    subjects: below.map((file) => ({ file, message: 'this symbolic link leaves the repository' })),
  })
}
