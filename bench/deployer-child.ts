// The process behind deployer.ts: clones anew and applies every file, as CI jobs do.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Connection, openConnection } from '../src/cluster/connection.ts'
import { loadClusterAccess } from '../src/cluster/kubeconfig.ts'
import { systemClock } from '../src/domain/clock.ts'
import { mapInFlight } from '../src/engine/in-flight.ts'
import type { DeployerOptions } from './deployer.ts'

const options = JSON.parse(process.argv[2] ?? '') as DeployerOptions // -- written by deployer.ts
const run = promisify(execFile)
const maxBuffer = 64 * 1024 * 1024
const connection = await connect()

process.on('message', (sha) => {
  deploy().then(
    () => process.send?.(sha),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
process.on('disconnect', () => process.exit())
process.send?.('ready')

async function connect(): Promise<Connection> {
  const { kubeconfig: file } = options
  const cluster = { name: 'bench', kind: 'kubeconfig', file, context: undefined } as const
  return openConnection(await loadClusterAccess(cluster, systemClock))
}

async function deploy(): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'landfall-bench-'))
  try {
    await clone(dir)
    if (options.with === 'kubectl') await applyWithKubectl(join(dir, 'app'))
    else await applyPooled(join(dir, 'app'))
  } finally {
    await rm(dir, { recursive: true })
  }
}

async function clone(dir: string): Promise<void> {
  const { repo, token } = options
  const basic = Buffer.from(`x:${token}`).toString('base64')
  const header = `http.extraHeader=Authorization: Basic ${basic}`
  await run('git', ['-c', header, 'clone', '-q', '--depth', '1', repo, dir])
}

async function applyPooled(folder: string): Promise<void> {
  await mapInFlight(await manifestsIn(folder), 16, applyOne)
}

async function manifestsIn(folder: string): Promise<string[]> {
  const { layout } = options
  if (layout === 'plain') {
    const names = await readdir(folder)
    return Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
  }
  const rendered = await renderIn(folder, layout)
  return rendered.split(/^---\n/m).filter((text) => text.trim() !== '')
}

async function renderIn(folder: string, layout: 'kustomize' | 'helm'): Promise<string> {
  const { tools } = options
  const [program, args] =
    layout === 'kustomize'
      ? [tools.kustomize, ['build', folder]]
      : [tools.helm, ['template', 'bench', folder]]
  return (await run(program, args, { maxBuffer })).stdout
}

/** The server reads YAML itself: nothing is parsed here. */
async function applyOne(manifest: string): Promise<void> {
  const isConfigMap = /^kind: ConfigMap$/m.test(manifest)
  const name = /^ {2}name: (.+)$/m.exec(manifest)?.[1]
  const prefix = isConfigMap ? '/api/v1' : '/apis/apps/v1'
  const resource = isConfigMap ? 'configmaps' : 'deployments'
  const path = `${prefix}/namespaces/${options.namespace}/${resource}/${name}`
  const { access, requests } = connection
  const authorization = await access.authorization()
  const { statusCode, body } = await requests.request({
    origin: access.origin,
    path: `${path}?fieldManager=bench&force=true`,
    method: 'PATCH',
    headers: {
      'user-agent': options.userAgent,
      'content-type': 'application/apply-patch+yaml',
      ...(authorization !== undefined && { authorization }),
    },
    body: manifest,
  })
  const text = await body.text()
  if (statusCode >= 300) throw new Error(`${statusCode}: ${text}`)
}

async function applyWithKubectl(folder: string): Promise<void> {
  if (options.layout !== 'helm') {
    await kubectl(options.layout === 'kustomize' ? ['-k', folder] : ['-R', '-f', folder])
    return
  }
  await kubectl(['-f', '-'], await renderIn(folder, 'helm'))
}

async function kubectl(what: readonly string[], input?: string): Promise<void> {
  const { kubeconfig, namespace, tools } = options
  const args = ['apply', '--server-side', '-n', namespace, '--kubeconfig', kubeconfig, ...what]
  const child = spawn(tools.kubectl, args, { stdio: ['pipe', 'ignore', 'inherit'] })
  child.stdin.end(input)
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`kubectl ended with ${code}`)
}
