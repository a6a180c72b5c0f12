import { join } from 'node:path'
import { test } from 'tap'
import { loadConfig } from '../../src/config/load-config.ts'
import { env, load, told, validConfig, validYaml, warned } from '../support/landfall-yaml.ts'

test('a minimal file is a whole configuration', async (t) => {
  const cwd = t.testdir({ etc: { 'landfall.yaml': validYaml } })
  const loaded = await loadConfig({ file: 'etc/landfall.yaml', cwd, env })
  const config = validConfig(loaded)
  t.same(config.server, {
    host: '0.0.0.0',
    port: 8080,
    publicUrl: undefined,
    trustProxy: false,
    tokens: [],
  })
  t.equal(config.redisUrl, undefined)
  t.equal(config.dataDir, join(cwd, 'etc/.landfall'), 'relative to the file')
  t.same(config.clusters.get('prod'), { name: 'prod', kind: 'inCluster' })
  t.same(config.security, {
    allowInsecureHttp: false,
    allowLocalRepos: false,
    requireServiceAccount: false,
  })
  t.match(config.applications.get('web'), {
    name: 'web',
    forge: 'github',
    repo: 'https://github.com/acme/deploy.git',
    branch: 'main',
    path: 'apps/web',
    cluster: 'prod',
    namespace: 'default',
    render: { type: 'auto' },
    sync: {
      everyMs: 180_000,
      timeoutMs: 300_000,
      prune: true,
      drift: 'heal',
      requireFastForward: false,
    },
    ignore: [],
    report: { statuses: 'changed' },
  })
  t.same(loaded.warnings, [])
})

test('a kubeconfig is relative to the file, and may be made later', async (t) => {
  const yaml = validYaml.replace('{ inCluster: true }', '{ kubeconfig: k/config, context: dev }')
  const cwd = t.testdir({ 'landfall.yaml': yaml })
  const loaded = await loadConfig({ file: 'landfall.yaml', cwd, env })
  t.same(validConfig(loaded).clusters.get('prod'), {
    name: 'prod',
    kind: 'kubeconfig',
    file: join(cwd, 'k/config'),
    context: 'dev',
  })
  t.same(warned(loaded), ['4:23 clusters.prod.kubeconfig: no such file yet'])
})

test('all problems of a file come at once, in its order', async (t) => {
  const problems = told(
    await load(
      t,
      `server: { listen: nowhere, trustproxy: true }
forges:
  github: { type: github, webhookSecret: { env: NOT_SET } }
clusters:
  prod: { inCluster: true }
applications:
  web: { repo: https://h/r, branch: -x, path: ../x, cluster: prd, namespace: default }
  web: {}
`,
    ),
  )
  t.match(problems, [
    /^1:19 server\.listen: not an address/,
    /^1:28 server\.trustproxy: unknown key/,
    /^3:49 forges\.github\.webhookSecret\.env: environment variable NOT_SET is not set/,
    /^7:37 applications\.web\.branch: begins with "-"/,
    /^7:47 applications\.web\.path: contains "\.\."/,
    /^7:62 applications\.web\.cluster: clusters has no "prd"/,
    /^8:3 applications\.web: given twice/,
  ])
  t.equal(problems.length, 7)
})

test('a file that cannot be read is one problem', async (t) => {
  const cwd = t.testdir({
    'empty.yaml': '# nothing\n',
    'latin1.yaml': Buffer.from([0x61, 0x3a, 0x20, 0xe9]),
    'big.yaml': '#'.repeat(5_000_000),
    'list.yaml': '- a\n',
    folder: {},
  })
  const cases = {
    'nowhere.yaml': /^nowhere\.yaml:1:1 no such file$/,
    'empty.yaml': /^empty\.yaml:1:1 the file is empty/,
    'latin1.yaml': /^latin1\.yaml:1:1 not UTF-8$/,
    'big.yaml': /^big\.yaml:1:1 larger than 1048576 bytes$/,
    'list.yaml': /^list\.yaml:1:1 a list, write a mapping/,
    folder: /^folder:1:1 a directory, not a file$/,
    '/dev/zero': /^\/dev\/zero:1:1 larger than/,
  }
  for (const [file, message] of Object.entries(cases)) {
    const loaded = await loadConfig({ file, cwd, env })
    const [line] = loaded.kind === 'invalid' ? loaded.problems : []
    t.match(line && `${line.file}:${line.line}:${line.col} ${line.message}`, message)
  }
})

test('loading again gives the same and leaves what it read', async (t) => {
  const first = await load(t, validYaml)
  const frozen = Object.freeze({ ...env })
  t.same(JSON.stringify(await load(t, validYaml, { env: frozen })), JSON.stringify(first))
})
