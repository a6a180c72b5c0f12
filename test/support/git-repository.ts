import { execFile } from 'node:child_process'
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'

const run = promisify(execFile)

const testGitEnv = {
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  HOME: '/nonexistent',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
}

export async function git(cwd: string, ...args: string[]): Promise<string> {
  const { stdout } = await run('git', args, { cwd, env: testGitEnv, maxBuffer: 64 << 20 })
  return stdout.trim()
}

/** Contents by path; null removes; `{ link }` is a symbolic link. */
export type Files = Readonly<Record<string, string | Buffer | null | { readonly link: string }>>

export interface TestRepository {
  /** The bare repository, which a server or a file:// URL serves. */
  readonly bare: string
  readonly url: string
  /** A working copy of it. */
  readonly work: string
  /** Commits on top of the branch, pushes, and returns the commit's id. */
  commit(files: Files, options?: { readonly message?: string }): Promise<string>
  git(...args: string[]): Promise<string>
  /** A tree object from lines as `git ls-tree` writes them, unchecked. */
  writeTree(lines: string): Promise<string>
}

/** A bare repository `<dir>/<name>.git` with branch main, empty until the first commit. */
export async function createTestRepository(
  dir: string,
  options: { readonly name?: string; readonly objectFormat?: 'sha1' | 'sha256' } = {},
): Promise<TestRepository> {
  const { name = 'deploy', objectFormat = 'sha1' } = options
  const init = ['init', '-q', '-b', 'main', `--object-format=${objectFormat}`]
  const bare = join(dir, `${name}.git`)
  const work = join(dir, `${name}-work`)
  await git(dir, ...init, '--bare', bare)
  await git(dir, ...init, work)
  await git(work, 'remote', 'add', 'origin', bare)
  return {
    bare,
    work,
    url: `file://${bare}`,
    git: (...args) => git(work, ...args),
    writeTree: (lines) => writeTree(work, lines),
    async commit(files, { message = 'change' } = {}) {
      for (const [path, content] of Object.entries(files)) await put(join(work, path), content)
      await git(work, 'add', '-A')
      // Not as an argument, which other users could read.
      await writeFile(join(work, '.git', 'MESSAGE'), message)
      await git(work, 'commit', '-q', '--allow-empty', '-F', join('.git', 'MESSAGE'))
      await git(work, 'push', '-q', 'origin', 'HEAD')
      return git(work, 'rev-parse', 'HEAD')
    },
  }
}

async function writeTree(cwd: string, lines: string): Promise<string> {
  const child = execFile('git', ['mktree'], { cwd, env: testGitEnv })
  child.stdin?.end(lines)
  return (await text(child.stdout ?? Readable.from([]))).trim()
}

async function put(file: string, content: Files[string]): Promise<void> {
  await rm(file, { recursive: true, force: true })
  if (content === null || content === undefined) return
  await mkdir(dirname(file), { recursive: true })
  if (typeof content === 'object' && 'link' in content) await symlink(content.link, file)
  else await writeFile(file, content)
}
