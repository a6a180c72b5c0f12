import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import { stringify } from 'yaml'
import type { Instance } from '../support/instance.ts'
import { configMapYaml } from '../support/manifests.ts'
import { githubPush } from '../support/payloads.ts'
import { workload } from '../support/rollout.ts'
import { githubHeaders } from '../support/sign.ts'
import { testSite } from '../support/site.ts'
import { until } from '../support/until.ts'

const linesOf = (instance: Instance, text: string) =>
  instance
    .output()
    .split('\n')
    .filter((line) => line.includes(text))

test('a configuration that changes while Landfall runs', async (t) => {
  const site = await testSite(t)
  const { name } = site
  const [hook, token] = [join(site.dir, 'hook'), join(site.dir, 'token')]
  const [oldSecret, newSecret] = ['the-old-webhook-secret', 'the-new-webhook-secret']
  await writeFile(hook, `${oldSecret}\n`)
  await writeFile(token, site.forge.token)
  const forges = {
    github: {
      type: 'github',
      url: site.git.url,
      apiUrl: site.forge.apiUrl,
      webhookSecret: { file: hook },
      token: { file: token },
    },
  }
  const first = { [name]: { path: 'app' } }
  await site.configure({ forges, applications: first })
  const sha = await site.repository.commit({
    'app/web.yaml': stringify(workload('Deployment', 'never-ready')),
    'more/more.yaml': configMapYaml('more'),
  })
  const instance = await site.start()
  const push = async (secret: string) => {
    const body = JSON.stringify(githubPush({ repo: site.repo }))
    const headers = githubHeaders(body, secret)
    return fetch(`${instance.url}/webhooks/github`, { method: 'POST', body, headers })
  }
  const reloads = () => linesOf(instance, '"configuration reloaded"').length
  const refusals = () => linesOf(instance, '"configuration not reloaded;').at(-1) ?? ''
  const podOf = () => site.kubectl('get', 'pod', '-o', 'name')
  await until('applied', async () => (await podOf()) !== '')

  await t.test('takes effect without a restart, with new applications', async (t) => {
    const more = `${name}-more`
    const applications = {
      [name]: { path: 'app', report: { statuses: 'never' } },
      [more]: { path: 'more', report: { statuses: 'never' } },
    }
    await site.configure({ forges, applications })
    t.teardown(() =>
      site.kubectl('delete', 'configmap', `landfall-${more}`, '--namespace=landfall-system'),
    )
    await until('reloaded', () => reloads() === 1)

    await until('deployed', async () =>
      (await site.kubectl('get', 'configmap', '-o', 'name')).includes('/more'),
    )
    t.match(linesOf(instance, '"configuration reloaded"')[0], `"added":["${more}"]`)
    t.equal((await site.application(more)).name, more)
  })

  await t.test('lets a sync that runs end under the old one', async (t) => {
    t.strictSame(
      site.statusesOf(sha).map(({ state }) => state),
      ['pending'],
    )
    const patch = JSON.stringify({ status: { conditions: [{ type: 'Ready', status: 'True' }] } })
    await site.kubectl('patch', await podOf(), '--subresource=status', `--patch=${patch}`)

    t.equal((await site.final(sha)).state, 'success')
  })

  await t.test('rotates the webhook secret when its file changes', async (t) => {
    t.equal((await push(oldSecret)).status, 202)
    await writeFile(hook, newSecret)
    await until('reloaded', () => reloads() === 2)

    t.equal((await push(newSecret)).status, 202)
    t.equal((await push(oldSecret)).status, 401)
  })

  await t.test('changes nothing when it is not valid, and says what is wrong where', async (t) => {
    await writeFile(site.config, '{"applications": {"web": {"branch": 1}},\n "oops": true}')
    await until('refused', () => refusals().includes('oops'))

    t.match(refusals(), `${site.config}:1:37 applications.web.branch: `)
    t.match(refusals(), `${site.config}:2:2 oops: `)
    t.equal((await push(newSecret)).status, 202)
    t.equal((await site.application()).name, name)
  })

  await t.test('is refused whole where a restart is needed', async (t) => {
    await site.configure({ forges, applications: {}, dataDir: join(site.dir, 'elsewhere') })
    await until('refused', () => refusals().includes('dataDir'))

    t.match(refusals(), 'dataDir: cannot change while Landfall runs, restart it')
    t.equal((await site.application()).name, name)
  })

  await t.test('is read at SIGHUP; what left it keeps its objects', async (t) => {
    await site.configure({ forges, applications: first })
    await until('reloaded', () => reloads() === 3)
    process.kill(instance.pid, 'SIGHUP')
    await until('reloaded', () => reloads() === 4)

    await t.rejects(site.application(`${name}-more`), { code: 'INSTANCE_REFUSED' })
    t.match(await site.kubectl('get', 'configmap', '-o', 'name'), 'configmap/more')
    const metrics = await (await fetch(`${instance.url}/metrics`)).text()
    t.match(metrics, 'landfall_config_reload_total{outcome="applied"} 4')
    t.strictSame(await instance.kill('SIGTERM'), { code: 0, signal: null })
    t.notMatch(instance.output(), newSecret)
  })
})
