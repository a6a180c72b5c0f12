import type { Test } from 'tap'
import { type LoadedConfig, loadConfig } from '../../src/config/load-config.ts'
import { formatProblem, type Problem } from '../../src/config/problem.ts'
import type { Role } from '../../src/domain/role.ts'
import type { Config } from '../../src/domain/settings.ts'

/** Every secret that the documents of these tests name. */
export const env = {
  HOOK: 'a-webhook-secret-of-32-characters',
  TOKEN: 'token-of-the-forge',
  REDIS_URL: 'redis://:pass@redis:6379/1',
}

export const validYaml = `forges:
  github: { type: github, webhookSecret: { env: HOOK }, token: { env: TOKEN } }
clusters:
  prod: { inCluster: true }
applications:
  web:
    forge: github
    repo: https://github.com/acme/deploy.git
    branch: main
    path: apps/web
    cluster: prod
    namespace: default
`

export type Tree = { readonly [key: string]: Tree | string }

/** The valid document as keys and flow values, so that a test can put a value anywhere in it. */
export const validTree: Tree = {
  forges: { github: { type: 'github', webhookSecret: '{ env: HOOK }' } },
  clusters: { prod: { kubeconfig: './kubeconfig' } },
  applications: {
    web: {
      repo: 'https://github.com/acme/deploy.git',
      branch: 'main',
      path: 'apps/web',
      cluster: 'prod',
      namespace: 'default',
    },
  },
}

/** The tree with one more value at a path; what was on the way and is no mapping gives way. */
export function withValue(
  tree: Tree | string | undefined,
  path: readonly string[],
  value: string,
): Tree | string {
  const [key, ...rest] = path
  if (key === undefined) return value
  const parent = typeof tree === 'object' ? tree : {}
  return { ...parent, [key]: withValue(parent[key], rest, value) }
}

export function toYaml(tree: Tree | string, indent = ''): string {
  if (typeof tree === 'string') return ` ${tree}\n`
  const lines = Object.entries(tree).map(
    ([key, value]) => `${indent}${key}:${toYaml(value, `${indent}  `)}`,
  )
  return `${indent === '' ? '' : '\n'}${lines.join('')}`
}

/** Takes the mark out of a text and tells where it was. */
export function takeMark(text: string, mark = '§'): { text: string; place: string } {
  const index = text.indexOf(mark)
  const before = text.slice(0, index)
  const line = before.split('\n').length
  const col = index - before.lastIndexOf('\n')
  return { text: before + text.slice(index + mark.length), place: `${line}:${col}` }
}

type Files = { readonly [name: string]: string | Files }

/** Loads a document from a folder of its own, with `files` beside it. */
export function load(
  t: Test,
  yaml: string,
  options: { env?: NodeJS.ProcessEnv; files?: Files; role?: Role } = {},
): Promise<LoadedConfig> {
  const cwd = t.testdir({ 'landfall.yaml': yaml, kubeconfig: '', ...options.files })
  const { role } = options
  return loadConfig({ file: 'landfall.yaml', cwd, env: options.env ?? env, role })
}

/** The configuration of a document that has to be valid. */
export async function loadValid(...args: Parameters<typeof load>): Promise<Config> {
  return validConfig(await load(...args))
}

export function validConfig(loaded: LoadedConfig): Config {
  if (loaded.kind === 'ok') return loaded.config
  throw new Error(told(loaded).join('\n'))
}

/** Problems as they are printed, without the name of the file. */
export function told(loaded: LoadedConfig): string[] {
  return loaded.kind === 'ok' ? [] : loaded.problems.map(tell)
}

export function warned(loaded: LoadedConfig): string[] {
  return loaded.warnings.map(tell)
}

function tell(problem: Problem): string {
  return formatProblem(problem).replace('landfall.yaml:', '')
}
