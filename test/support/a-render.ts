import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Test } from 'tap'
import type { Application } from '../../src/domain/application.ts'
import { systemClock } from '../../src/domain/clock.ts'
import type { CommitItem, CommitTree } from '../../src/domain/commit-tree.ts'
import { StageError } from '../../src/domain/error.ts'
import { createRenderer, type RendererOptions } from '../../src/render/create-renderer.ts'
import type { RenderFile, RenderInput } from '../../src/render/render.ts'
import { anApplication } from './an-application.ts'
import { rendererTools } from './tools.ts'

/** Contents by path from the repository's root; `{ link }` is a symbolic link. */
export type CommitFiles = Readonly<Record<string, string | Buffer | { readonly link: string }>>

/** A renderer with the real tools, for one test. */
export async function aRenderer(t: Test, overrides: Partial<RendererOptions> = {}) {
  const tools = await rendererTools()
  const dataDir = await aFolder(t)
  return createRenderer({ tools, dataDir, clock: systemClock, ...overrides })
}

export interface CountedInput extends RenderInput {
  /** How often each part of the commit was asked for. */
  readonly calls: {
    lists: number
    reads: number
    checkouts: number
    wholeCheckouts: number
    capabilities: number
  }
}

/** What a source would give a renderer for a commit of these files, at path `app`. */
export function renderInput(
  t: Test,
  files: CommitFiles,
  overrides: Partial<Application> = {},
): CountedInput {
  const application = anApplication({ path: 'app', ...overrides })
  const calls = { lists: 0, reads: 0, checkouts: 0, wholeCheckouts: 0, capabilities: 0 }
  const below = Object.fromEntries(
    Object.entries(files).filter(([path]) => isBelow(path, application.path)),
  )
  return {
    application,
    calls,
    revision: { sha: hash(files), rootTree: hash(files) },
    pathTree: hash(below),
    signal: new AbortController().signal,
    listFiles: async () => {
      calls.lists += 1
      return Object.entries(below).map(([path, content]) => fileOf(path, content, calls))
    },
    tree: treeOf(files),
    openPinned: async ({ repo }) => {
      throw new Error(`repository ${repo} is not expected`)
    },
    fetchChart: async ({ name }) => {
      throw new Error(`chart ${name} is not expected`)
    },
    checkout: async ({ paths, added = new Map() } = {}) => {
      calls.checkouts += 1
      if (paths === undefined) calls.wholeCheckouts += 1
      const root = await aFolder(t)
      const wanted = Object.entries(files).filter(([path]) => isWanted(path, paths ?? ['']))
      await writeFiles(root, Object.fromEntries([...wanted, ...added]))
      return root
    },
    capabilities: async () => {
      calls.capabilities += 1
      return { kubeVersion: 'v1.36.3', apiVersions: ['v1', 'apps/v1'] }
    },
  }
}

/** The error of a render that must not succeed; it is short, whatever the tool said. */
export async function refusedRender(
  t: Test,
  overrides: Partial<Application>,
  files: CommitFiles,
): Promise<StageError> {
  const renderer = await aRenderer(t)
  const rendering = renderer.render(renderInput(t, files, overrides))
  const error: unknown = await rendering.catch((cause: unknown) => cause)
  if (!(error instanceof StageError)) throw new Error('it was rendered', { cause: error })
  t.ok(error.message.length < 2500, 'the error is short')
  return error
}

/** A commit of these files as a source would open it. */
export function treeOf(files: CommitFiles): CommitTree {
  const itemOf = (path: string, content: CommitFiles[string]): CommitItem => ({
    path,
    mode: isLink(content) ? '120000' : '100644',
    oid: hash(content),
    size: bytesOf(content).length,
  })
  return {
    find: async (path) => {
      const content = Object.hasOwn(files, path) ? files[path] : undefined
      if (content !== undefined) return itemOf(path, content)
      const below = Object.entries(files).filter(([file]) => isBelow(file, path))
      if (below.length === 0 && path !== '') return undefined
      return { path, mode: '040000', oid: hash(Object.fromEntries(below)), size: 0 }
    },
    filesBelow: async (path) =>
      Object.entries(files)
        .filter(([file]) => isBelow(file, path))
        .map(([file, content]) => itemOf(file, content)),
    read: async ({ path }) => bytesOf(files[path]),
  }
}

function bytesOf(content: CommitFiles[string] | undefined): Buffer {
  if (content === undefined) return Buffer.alloc(0)
  return isLink(content) ? Buffer.from(content.link) : Buffer.from(content)
}

function isLink(content: CommitFiles[string] | undefined): content is { readonly link: string } {
  return typeof content === 'object' && !Buffer.isBuffer(content)
}

function isWanted(path: string, paths: readonly string[]): boolean {
  return paths.some((one) => path === one || isBelow(path, one))
}

function isBelow(path: string, root: string): boolean {
  return root === '' || path.startsWith(`${root}/`)
}

function fileOf(
  path: string,
  content: CommitFiles[string],
  calls: CountedInput['calls'],
): RenderFile {
  const text = bytesOf(content)
  return {
    path,
    mode: isLink(content) ? '120000' : '100644',
    oid: hash(content),
    size: text.length,
    read: async () => {
      calls.reads += 1
      return text
    },
  }
}

async function aFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'landfall-test-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return folder
}

async function writeFiles(root: string, files: CommitFiles): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const file = join(root, path)
    await mkdir(dirname(file), { recursive: true })
    if (isLink(content)) await symlink(content.link, file)
    else await writeFile(file, content)
  }
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex')
}
