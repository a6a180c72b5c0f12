import { readFileSync } from 'node:fs'
import { t as file, test } from 'tap'
import { composeProject } from '../support/compose-project.ts'
import { containerEngine } from '../support/container-engine.ts'
import { exampleFiles } from '../support/example-files.ts'
import { configMapYaml } from '../support/manifests.ts'
import { githubPush } from '../support/payloads.ts'
import { testSite } from '../support/site.ts'
import { until } from '../support/until.ts'

// The first time on a machine: packages, base images, then the image.
file.setTimeout(1_200_000)

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
const image = `landfall:${version}`

const chart = {
  'app/helm/Chart.yaml': 'apiVersion: v2\nname: chart\nversion: 1.0.0\n',
  'app/helm/templates/map.yaml': configMapYaml('from-helm'),
}

test('F4: the image of the Dockerfile, run by docker-compose.yml', {
  timeout: 1_200_000,
}, async (t) => {
  const engine = await containerEngine()
  await engine.build(image)
  const site = await testSite(t, {
    applications: {
      kustomize: { path: 'app/kustomize/overlays/production' },
      helm: { path: 'app/helm' },
    },
  })
  await site.repository.commit({ 'README.md': 'nothing to deploy yet' })
  const project = await composeProject(t, engine, site)

  await t.test('validates a configuration before anything is started', async (t) => {
    const said = await project.compose('run', '--rm', '--no-deps', 'landfall', 'validate')

    t.match(said, 'landfall.yaml: ok, 2 applications')
  })

  await project.compose('up', '--detach', '--no-build')
  const answers = (path: string) =>
    fetch(`${project.url}${path}`).then(
      ({ ok }) => ok,
      () => false,
    )
  await until('landfall is ready', () => answers('/readyz'))

  await t.test('deploys what a signed push to the published port announces', async (t) => {
    const config = JSON.parse(await project.exec('cat', '/etc/landfall/landfall.yaml'))
    const repo = config.defaults.repo as string
    const before = await site.repository.git('rev-parse', 'HEAD')
    const kustomize = await exampleFiles('task-agent/kustomize', 'app/kustomize')
    const after = await site.repository.commit({ ...kustomize, ...chart })
    const push = githubPush({ repo, before, after })
    const { status } = await site.deliver(project, push)

    t.equal(status, 202)
    for (const end of ['kustomize', 'helm']) {
      t.match(await site.final(after, `${site.name}-${end}`), { state: 'success' })
    }
    const deployed = await site.kubectl('get', 'deployment/task-agent', '-o', 'name')
    t.equal(deployed, 'deployment.apps/task-agent')
    await site.kubectl('get', 'configmap/from-helm')
  })

  await t.test('answers the command line inside, on its socket', async (t) => {
    const status = await project.exec('landfall', 'status', '--output', 'json')

    t.match(JSON.parse(status), { applications: [{ syncStatus: 'Synced' }, {}] })
  })

  await t.test('runs as user 65532, with no capability, and gains none', async (t) => {
    const status = await project.exec('cat', '/proc/1/status')

    t.match(status, /^Uid:\s+65532\s+65532\s+65532\s+65532$/m)
    t.match(status, /^Gid:\s+65532\s+65532\s+65532\s+65532$/m)
    for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb']) {
      t.match(status, new RegExp(`^${set}:\\s+0+$`, 'm'))
    }
    t.match(status, /^NoNewPrivs:\s+1$/m)
  })

  await t.test('writes to its data and to /tmp, and nowhere else', async (t) => {
    const script =
      'for dir in / /etc/landfall /opt/landfall /usr/local/bin /var/lib /run /run/secrets /var/lib/landfall /tmp; do if touch "$dir/x" 2>/dev/null; then echo "$dir"; fi; done'

    t.equal((await project.exec('sh', '-c', script)).trim(), '/var/lib/landfall\n/tmp')
  })

  await t.test('is healthy by its own check', async (t) => {
    const health = ['inspect', '--format', '{{json .Config.Healthcheck.Test}}', image]
    const [, ...check] = JSON.parse(await engine.run('image', ...health)) as string[]

    t.equal(check[0], 'node')
    await project.exec(...check)
  })

  await t.test('ends in order, and leaves nothing behind', async (t) => {
    await project.compose('stop')
    const ended = await project.states()
    await project.down()

    t.match(ended, [/^Exited \(0\)/, /^Exited \(0\)/])
    t.strictSame(await project.remains(), [])
  })
})
