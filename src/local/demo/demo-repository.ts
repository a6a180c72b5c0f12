import { execFile } from 'node:child_process'
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A bare repository and a working copy of it, for the demo to push from. */
export interface DemoRepository {
  /** Folder of bare repositories, as a git server takes it. */
  readonly root: string
  readonly work: string
  head(): Promise<string>
  /** Where the published branch points at. */
  published(): Promise<string>
  /** Newest first. */
  log(): Promise<readonly { sha: string; subject: string }[]>
  /** A file as it is published; undefined: there is none. */
  file(path: string): Promise<string | undefined>
  edit(file: string, change: (text: string) => string): Promise<void>
  /** Commits everything and pushes it; returns the commit before and after. */
  push(message: string): Promise<{ before: string; after: string }>
  /** Reverts the newest commit and pushes. */
  revert(): Promise<{ before: string; after: string }>
}

const zero = '0'.repeat(40)

export async function createDemoRepository(options: {
  readonly dir: string
  readonly manifests: string
  /** Folder of the repository that the manifests are copied to. */
  readonly path: string
  readonly searchPath: string
}): Promise<DemoRepository> {
  const root = join(options.dir, 'repositories')
  const work = join(options.dir, 'work')
  const git = async (...args: string[]): Promise<string> => {
    const env = {
      PATH: options.searchPath,
      HOME: '/nonexistent',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_SYSTEM: '/dev/null',
      GIT_AUTHOR_NAME: 'Ada Lovelace',
      GIT_AUTHOR_EMAIL: 'ada@example.com',
      GIT_COMMITTER_NAME: 'Ada Lovelace',
      GIT_COMMITTER_EMAIL: 'ada@example.com',
    }
    const { stdout } = await run('git', args, { cwd: work, env })
    return stdout.trim()
  }
  const head = (): Promise<string> => git('rev-parse', 'HEAD')
  const publish = async (before: string): Promise<{ before: string; after: string }> => {
    await git('push', '-q', 'origin', 'HEAD:main')
    return { before, after: await head() }
  }
  let isEmpty = true

  await mkdir(join(work, options.path), { recursive: true })
  await git('init', '-q', '-b', 'main')
  await git('init', '-q', '--bare', '-b', 'main', join(root, 'acme/deploy.git'))
  await git('remote', 'add', 'origin', join(root, 'acme/deploy.git'))
  await cp(options.manifests, join(work, options.path), { recursive: true })

  return {
    root,
    work,
    head,
    published: () => git('-C', join(root, 'acme/deploy.git'), 'rev-parse', 'refs/heads/main'),
    async log() {
      const rows = await git('log', '--format=%H %s')
      return rows.split('\n').map((row) => ({ sha: row.slice(0, 40), subject: row.slice(41) }))
    },
    async file(path) {
      const bare = join(root, 'acme/deploy.git')
      return git('-C', bare, 'show', `refs/heads/main:${path}`).catch(() => undefined)
    },
    async edit(file, change) {
      const path = join(work, file)
      await writeFile(path, change(await readFile(path, 'utf8')))
    },
    async push(message) {
      const before = isEmpty ? zero : await head()
      await git('add', '-A')
      await git('commit', '-q', '-m', message)
      isEmpty = false
      return publish(before)
    },
    async revert() {
      const before = await head()
      await git('revert', '--no-edit', 'HEAD')
      return publish(before)
    },
  }
}
