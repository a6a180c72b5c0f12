import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Test } from 'tap'
import type { Application } from '../../src/domain/application.ts'
import { systemClock } from '../../src/domain/clock.ts'
import { StageError } from '../../src/domain/error.ts'
import { createRenderer, type RendererOptions } from '../../src/render/create-renderer.ts'
import type { RenderFile, RenderInput } from '../../src/render/render.ts'
import { anApplication } from './an-application.ts'
import { rendererTools } from './tools.ts'

/** Contents by path from the repository's root; `{ link }` is a symbolic link. */
export type CommitFiles = Readonly<Record<string, string | { readonly link: string }>>

/** A renderer with the real tools, for one test. */
export async function aRenderer(t: Test, overrides: Partial<RendererOptions> = {}) {
  const tools = await rendererTools()
  const dataDir = await aFolder(t)
  return createRenderer({ tools, dataDir, clock: systemClock, ...overrides })
}

export interface CountedInput extends RenderInput {
  /** How often each part of the commit was asked for. */
  readonly calls: { lists: number; reads: number; checkouts: number; capabilities: number }
}

/** What a source would give a renderer for a commit of these files, at path `app`. */
export function renderInput(
  t: Test,
  files: CommitFiles,
  overrides: Partial<Application> = {},
): CountedInput {
  const application = anApplication({ path: 'app', ...overrides })
  const calls = { lists: 0, reads: 0, checkouts: 0, capabilities: 0 }
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
    checkout: async () => {
      calls.checkouts += 1
      const root = await aFolder(t)
      await writeFiles(root, files)
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

function isBelow(path: string, root: string): boolean {
  return root === '' || path.startsWith(`${root}/`)
}

function fileOf(
  path: string,
  content: CommitFiles[string],
  calls: CountedInput['calls'],
): RenderFile {
  const text = Buffer.from(typeof content === 'string' ? content : content.link)
  return {
    path,
    mode: typeof content === 'string' ? '100644' : '120000',
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
    if (typeof content === 'string') await writeFile(file, content)
    else await symlink(content.link, file)
  }
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex')
}
