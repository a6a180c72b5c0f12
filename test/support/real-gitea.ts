import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import { awaitReady } from '../../src/local/await-ready.ts'
import { findTool } from '../../src/local/find-tool.ts'
import { freePort } from '../../src/local/free-port.ts'
import { startDaemon } from '../../src/local/start-daemon.ts'
import { stopProcesses } from '../../src/local/stop-processes.ts'
import { readToolPins } from '../../src/local/tool-pins.ts'
import { wantedTools } from '../../src/local/wanted-tools.ts'
import { findGuard } from '../../src/sandbox/guard.ts'
import type { PostedStatus } from './fake-forge.ts'
import { createTestRepository, type TestRepository } from './git-repository.ts'

const run = promisify(execFile)

/** A Gitea on loopback, with nobody but the owner `acme` and `deployer`, whose token Landfall gets. */
export interface RealGitea {
  readonly url: string
  /** Of `deployer`, with the scope write:repository and no other. */
  readonly token: string
  /** A user of the name, who may do nothing yet. */
  createUser(name: string): Promise<void>
  /** A new token of the user, with no other scopes. */
  createToken(name: string, scopes: string): Promise<string>
  /** Asks the API as `acme`; rejects with what it answers to a request it refuses. */
  api(method: string, path: string, body?: object): Promise<unknown>
  /** A private repository acme/NAME that `deployer` may write; commits are pushed to it over HTTP. */
  createRepository(name: string): Promise<GiteaRepository>
}

export interface GiteaRepository extends TestRepository {
  /** Without a credential. */
  readonly url: string
  /** In the order they were posted. */
  statuses(sha: string): Promise<readonly PostedStatus[]>
}

/** The pinned Gitea, with its data in a folder that goes with the test, as it does itself. */
export async function startGitea(t: Test): Promise<RealGitea> {
  const program = await giteaProgram()
  const dir = await mkdtemp(join(tmpdir(), 'landfall-gitea-'))
  t.teardown(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const config = join(dir, 'app.ini')
  await writeFile(config, appIni({ dir, port, url, assets: dirname(program) }), { mode: 0o600 })
  const gitea = async (...args: string[]) => {
    const env = { HOME: dir, PATH: '/usr/bin:/bin' }
    return (await run(program, ['--config', config, ...args], { cwd: dir, env })).stdout
  }

  const createUser: RealGitea['createUser'] = async (name) => {
    const person = [`--username=${name}`, `--email=${name}@example.com`]
    const password = ['--random-password', '--must-change-password=false']
    await gitea('admin', 'user', 'create', ...person, ...password)
  }
  const createToken: RealGitea['createToken'] = async (name, scopes) => {
    const access = [`--username=${name}`, `--token-name=${randomUUID()}`, `--scopes=${scopes}`]
    const told = await gitea('admin', 'user', 'generate-access-token', ...access)
    const token = /successfully created: ([0-9a-f]{40})/.exec(told)?.[1]
    if (token === undefined) throw new Error(`no token of ${name}: ${told}`)
    return token
  }

  await gitea('migrate')
  await createUser('acme')
  await createUser('deployer')
  const ownerToken = await createToken('acme', 'all')
  const daemon = startDaemon({
    name: 'gitea',
    argv: [program, 'web', '--config', config],
    cwd: dir,
    logFile: join(dir, 'gitea.log'),
    guard: findGuard(),
  })
  t.teardown(() => stopProcesses([daemon.identity], 5000))
  const isHealthy = async () => ((await fetch(`${url}/api/healthz`)).ok ? true : undefined)
  await awaitReady([daemon], isHealthy, undefined)

  const api: RealGitea['api'] = async (method, path, body) => {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { authorization: `token ${ownerToken}`, 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }

  return {
    url,
    token: await createToken('deployer', 'write:repository'),
    createUser,
    createToken,
    api,
    async createRepository(name) {
      await api('POST', '/user/repos', { name, private: true, default_branch: 'main' })
      await api('PUT', `/repos/acme/${name}/collaborators/deployer`, { permission: 'write' })
      const repository = await createTestRepository(dir, { name })
      const withToken = `http://acme:${ownerToken}@127.0.0.1:${port}/acme/${name}.git`
      await repository.git('remote', 'set-url', 'origin', withToken)
      return {
        ...repository,
        url: `${url}/acme/${name}.git`,
        statuses: async (sha) => readStatuses(await api('GET', statusesPath(name, sha)), name, sha),
      }
    },
  }
}

async function giteaProgram(): Promise<string> {
  const [tool] = wantedTools(['gitea'], await readToolPins())
  const found = tool === undefined ? undefined : await findTool(tool, process.env)
  if (found !== undefined) return found
  throw new Error('Gitea is not installed: run `make e2e`, or `node tools/install.ts gitea`')
}

interface Place {
  readonly dir: string
  readonly port: number
  readonly url: string
  /** What a Gitea that was built reads; one that was downloaded has it in itself. */
  readonly assets: string
}

function appIni({ dir, port, url, assets }: Place): string {
  return `
WORK_PATH = ${dir}
RUN_MODE = prod
I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true

[server]
HTTP_ADDR = 127.0.0.1
HTTP_PORT = ${port}
ROOT_URL = ${url}/
STATIC_ROOT_PATH = ${assets}
DISABLE_SSH = true
OFFLINE_MODE = true

[database]
DB_TYPE = sqlite3
PATH = ${join(dir, 'gitea.db')}

[security]
INSTALL_LOCK = true

[service]
DISABLE_REGISTRATION = true

[indexer]
ISSUE_INDEXER_TYPE = db

[actions]
ENABLED = false

[webhook]
ALLOWED_HOST_LIST = loopback

[log]
MODE = console
LEVEL = Warn
`
}

function statusesPath(name: string, sha: string): string {
  return `/repos/acme/${name}/statuses/${sha}`
}

interface GiteaStatus {
  readonly id: number
  readonly status: string
  readonly context: string
  readonly description: string
  readonly target_url: string
}

function readStatuses(listed: unknown, name: string, sha: string): readonly PostedStatus[] {
  return (listed as readonly GiteaStatus[])
    .toSorted((a, b) => a.id - b.id)
    .map(({ status, context, description, target_url }) => ({
      repo: `acme/${name}`,
      sha,
      state: status,
      context,
      description,
      targetUrl: target_url === '' ? undefined : target_url,
      ref: undefined,
    }))
}
