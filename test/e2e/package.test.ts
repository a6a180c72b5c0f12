import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'tap'
import { runTool } from '../support/run-tool.ts'

const configuration = `forges:
  github:
    type: github
    url: https://github.com
    webhookSecret: { env: WEBHOOK_SECRET }
    token: { env: FORGE_TOKEN }
clusters:
  prod: { kubeconfig: ./kubeconfig, context: prod }
applications:
  task-agent:
    forge: github
    repo: https://github.com/acme/deploy.git
    branch: main
    path: apps/task-agent
    cluster: prod
    namespace: default
`

async function must(cwd: string, ...argv: [string, ...string[]]): Promise<string> {
  const { code, output } = await runTool(cwd, argv)
  if (code !== 0) throw new Error(`${argv.join(' ')}: exit ${code}\n${output}`)
  return output
}

/** The files git tracks or would track, so that the build leaves the checkout alone. */
async function copySources(to: string): Promise<void> {
  const paths = await must('.', 'git', 'ls-files', '-co', '--exclude-standard')
  for (const path of paths.split('\n').filter((line) => line !== '' && existsSync(line))) {
    mkdirSync(join(to, dirname(path)), { recursive: true })
    cpSync(path, join(to, path))
  }
}

test('the file that npm pack makes', { timeout: 300_000 }, async (t) => {
  const dir = t.testdir({
    sources: { node_modules: t.fixture('symlink', join(process.cwd(), 'node_modules')) },
    elsewhere: { 'landfall.yaml': configuration, kubeconfig: '' },
  })
  const sources = join(dir, 'sources')
  const elsewhere = join(dir, 'elsewhere')
  const landfall = join(elsewhere, 'node_modules/.bin/landfall')
  await copySources(sources)
  await must(sources, 'npm', 'run', '-s', 'build')
  const packed = await must(sources, 'npm', 'pack', '--json', '--loglevel=error')
  const file = /"filename": "([^"]+)"/.exec(packed)?.[1] ?? ''
  const options = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund']
  writeFileSync(join(elsewhere, 'package.json'), '{}')
  await must(elsewhere, 'npm', 'install', '--loglevel=error', ...options, join(sources, file))

  await t.test('tells its version', async (t) => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'))

    t.equal((await must(elsewhere, landfall, '--version')).trim(), version)
  })

  await t.test('validates a configuration', async (t) => {
    const secrets = { WEBHOOK_SECRET: 'a secret of sixteen bytes', FORGE_TOKEN: 'token' }
    const env = { ...process.env, ...secrets }
    const { code, output } = await runTool(elsewhere, [landfall, 'validate'], env)

    t.equal(output, 'landfall.yaml: ok, 1 application\n')
    t.equal(code, 0)
  })

  await t.test('tells every problem of a configuration and exits with 2', async (t) => {
    writeFileSync(join(elsewhere, 'bad.yaml'), configuration.replace('branch:', 'brunch:'))
    const { code, output } = await runTool(elsewhere, [landfall, 'validate', 'bad.yaml'])

    t.equal(code, 2)
    t.match(output, /bad\.yaml:\d+:\d+ applications\.task-agent\.brunch/)
    t.match(output, 'WEBHOOK_SECRET')
  })

  await t.test('holds what it needs to start a local stack, and no sources or tests', async (t) => {
    const root = join(elsewhere, 'node_modules/landfall')

    for (const path of ['tools/pins.json', 'tools/build/etcd/go.mod', 'tools/kwok/stages.yaml']) {
      t.ok(existsSync(join(root, path)), path)
    }
    for (const path of ['src', 'test', 'dist/test']) t.notOk(existsSync(join(root, path)), path)
  })
})
