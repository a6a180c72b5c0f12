// Writes test/fixtures/openapi/github.json: of GitHub's published OpenAPI description the
// operations Landfall calls, with the schemas they need. The whole package is 400 MB unpacked.
// Run by hand: node tools/extract-github-openapi.ts
import { execFile } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'

const source = '@octokit/openapi@23.0.2'
const operations = [{ path: '/repos/{owner}/{repo}/statuses/{sha}', method: 'post' }]
const errors = ['basic-error', 'validation-error'].map((name) => `#/components/schemas/${name}`)
const target = join(import.meta.dirname, '../test/fixtures/openapi/github.json')

type Node = { readonly [key: string]: unknown }

const dropped = new Set(['example', 'examples', 'x-github', 'externalDocs'])

async function download(folder: string): Promise<Node> {
  const run = promisify(execFile)
  const { stdout } = await run('npm', ['pack', source, '--silent'], { cwd: folder })
  const tar = execFile('tar', ['-xzOf', stdout.trim(), 'package/generated/api.github.com.json'], {
    cwd: folder,
    maxBuffer: Number.POSITIVE_INFINITY,
  })
  const file = join(folder, 'api.json')
  if (tar.stdout === null) throw new Error('tar gives no output')
  await pipeline(tar.stdout, createWriteStream(file))
  return JSON.parse(await readFile(file, 'utf8'))
}

function pick(node: unknown, path: readonly string[]): Node {
  let found: unknown = node
  for (const key of path) found = (found as Node | undefined)?.[key]
  if (typeof found !== 'object' || found === null) throw new Error(`${path.join('/')}: not found`)
  return found as Node
}

function trim(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(trim)
  if (typeof node !== 'object' || node === null) return node
  const kept = Object.entries(node).filter(([key]) => !dropped.has(key))
  return Object.fromEntries(kept.map(([key, value]) => [key, trim(value)]))
}

function references(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return []
  return Object.entries(node).flatMap(([key, value]) =>
    key === '$ref' && typeof value === 'string' ? [value] : references(value),
  )
}

function extract(api: Node) {
  const paths: Record<string, Record<string, unknown>> = {}
  const components: Record<string, Record<string, unknown>> = {}
  const wanted = operations.flatMap(({ path, method }) => {
    const operation = trim(pick(api, ['paths', path, method]))
    paths[path] = { ...paths[path], [method]: operation }
    return references(operation)
  })
  wanted.push(...errors)
  const seen = new Set<string>()
  for (let next = wanted.pop(); next !== undefined; next = wanted.pop()) {
    if (seen.has(next)) continue
    seen.add(next)
    const [kind = '', name = ''] = next.replace('#/components/', '').split('/')
    const component = trim(pick(api, ['components', kind, name]))
    components[kind] = { ...components[kind], [name]: component }
    wanted.push(...references(component))
  }
  return {
    'x-extracted-from': source,
    openapi: api['openapi'],
    info: trim(api['info']),
    paths,
    components,
  }
}

const folder = await mkdtemp(join(tmpdir(), 'landfall-openapi-'))
try {
  const extracted = extract(await download(folder))
  await mkdir(join(target, '..'), { recursive: true })
  await writeFile(target, `${JSON.stringify(extracted, null, 2)}\n`)
} finally {
  await rm(folder, { recursive: true })
}
