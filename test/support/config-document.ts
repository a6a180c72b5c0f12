import { type Tree, toYaml, validTree, withValue } from './landfall-yaml.ts'

const sha256 = 'a'.repeat(64)

// What a key needs beside it to be judged alone.
const siblings: Readonly<Record<string, string>> = {
  'server.auth.tokens[].name': `role: viewer, sha256: ${sha256}`,
  'server.auth.tokens[].role': `name: ci, sha256: ${sha256}`,
  'server.auth.tokens[].sha256': 'name: ci, role: viewer',
  'applications.*.health[].kind': "healthy: 'true'",
  'applications.*.health[].healthy': 'kind: Certificate.cert-manager.io',
  'applications.*.health[].failed': "kind: Certificate.cert-manager.io, healthy: 'true'",
  'applications.*.health[].progressing': "kind: Certificate.cert-manager.io, healthy: 'true'",
  'applications.*.managers[].match': 'class: human',
  'applications.*.managers[].class': 'match: vpa-*',
  'applications.*.managers[].paths': 'match: vpa-*, class: human',
  'applications.*.render.chartRepositories[].url': 'username: robot, token: { env: TOKEN }',
  'applications.*.render.chartRepositories[].username':
    'url: "https://charts.example.com", token: { env: TOKEN }',
  'applications.*.render.chartRepositories[].token':
    'url: "https://charts.example.com", username: robot',
  'applications.*.ignore[].group': 'kind: Deployment, fields: [/spec]',
  'applications.*.ignore[].namespace': 'kind: Deployment, fields: [/spec]',
  'applications.*.ignore[].name': 'kind: Deployment, fields: [/spec]',
  'applications.*.ignore[].kind': 'fields: [/spec]',
  'applications.*.ignore[].fields': 'kind: Deployment',
}

// Forges of some types are nowhere by default.
const withUrl = withValue(validTree, ['forges', 'github', 'url'], 'https://github.com')

/** The valid document with `§value` at the path. */
export function documentWith(path: string, value: string): string {
  const names: Record<string, string> = { forges: 'github', clusters: 'prod', applications: 'web' }
  const [list, key] = path.split('[].') as [string, string | undefined]
  const parts = list
    .split('.')
    .map((part, index, all) => (part === '*' ? (names[all[index - 1] ?? ''] ?? '') : part))
  const base = baseOf(path)
  if (key !== undefined) {
    return toYaml(withValue(base, parts, `[{ ${siblings[path]}, ${key}: §${value} }]`))
  }
  return toYaml(withValue(base, parts, `§${value}`))
}

function baseOf(path: string): Tree | string {
  if (path.endsWith('.inCluster')) return withValue(withUrl, ['clusters', 'prod'], '')
  const renderer = rendererOf(path)
  if (renderer === undefined) return path.includes('[].') ? validTree : withUrl
  const render = ['applications', 'web', 'render']
  const typed = withValue(validTree, [...render, 'type'], renderer)
  if (!path.includes('render.chart.')) return typed
  const chart = {
    repository: 'https://charts.example.com',
    name: 'db',
    version: '1.0.0',
    digest: `sha256:${sha256}`,
  }
  return Object.entries(chart).reduce<Tree | string>(
    (tree, [key, value]) => withValue(tree, [...render, 'chart', key], value),
    typed,
  )
}

/** Whose option it is. */
function rendererOf(path: string): string | undefined {
  if (/render\.(?:helmCharts|remoteBases)$/.test(path)) return 'kustomize'
  return /render\.(?:valueFiles|values|releaseName|chart)/.test(path) ? 'helm' : undefined
}
