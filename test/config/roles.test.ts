import { test } from 'tap'
import { loadConfig } from '../../src/config/load-config.ts'
import type { Role } from '../../src/domain/role.ts'

const file = `
redis: { url: redis://localhost:6379 }
forges:
  github: { type: github, webhookSecret: { env: HOOK }, token: { env: TOKEN } }
clusters: { prod: { inCluster: true } }
applications:
  web:
    forge: github
    repo: https://github.com/acme/deploy.git
    branch: main
    path: app
    cluster: prod
    namespace: web
  other:
    forge: github
    repo: https://git.example.com/acme/deploy.git
    credentials: { token: { env: GIT_TOKEN } }
    branch: main
    path: app
    cluster: prod
    namespace: other
    render:
      type: helm
      chartRepositories:
        - { url: "oci://registry.example.com", username: robot, token: { env: CHART_TOKEN } }
`
const hook = { HOOK: 'a-webhook-secret-of-a-test' }
const tokens = { TOKEN: 'a-forge-token', GIT_TOKEN: 'a-git-token', CHART_TOKEN: 'a-chart-token' }

test('the secrets of a role', async (t) => {
  const cwd = t.testdir({ 'landfall.yaml': file })
  const load = (role: Role | undefined, env: NodeJS.ProcessEnv) =>
    loadConfig({ file: 'landfall.yaml', cwd, env, role })

  await t.test('a receiver needs no credential of a forge or a repository', async (t) => {
    const loaded = await load('receiver', hook)

    if (loaded.kind === 'invalid') throw new Error(JSON.stringify(loaded.problems))
    const [github] = loaded.config.forges.values()
    t.equal(github?.webhookSecrets.length, 1)
    t.equal(github?.token, undefined)
    for (const { credentials } of loaded.config.applications.values()) {
      t.same(credentials, { kind: 'none' })
    }
  })

  await t.test('a receiver does not read them where they are', async (t) => {
    const loaded = await load('receiver', { ...hook, ...tokens })

    if (loaded.kind === 'invalid') throw new Error(JSON.stringify(loaded.problems))
    t.equal(loaded.config.forges.get('github')?.token, undefined)
    t.same(loaded.config.applications.get('web')?.credentials, { kind: 'none' })
    const { render } = loaded.config.applications.get('other') ?? {}
    t.match(render, { chartRepositories: [{ credentials: undefined }] })
  })

  await t.test('a worker needs no webhook secret', async (t) => {
    const loaded = await load('worker', tokens)

    if (loaded.kind === 'invalid') throw new Error(JSON.stringify(loaded.problems))
    t.same(loaded.config.forges.get('github')?.webhookSecrets, [])
    t.equal(loaded.config.forges.get('github')?.token?.reveal(), 'a-forge-token')
    t.match(loaded.config.applications.get('web')?.credentials, { kind: 'token' })
    const { render } = loaded.config.applications.get('other') ?? {}
    t.match(render, { chartRepositories: [{ credentials: { username: 'robot' } }] })
  })

  await t.test('each misses its own, and one process misses them all', async (t) => {
    const missing = async (role: Role | undefined) => (await load(role, {})).kind

    t.equal(await missing('receiver'), 'invalid')
    t.equal(await missing('worker'), 'invalid')
    const all = await load(undefined, {})
    t.match(all.kind === 'invalid' && all.problems.map(({ path }) => path), [
      'forges.github.webhookSecret.env',
      'forges.github.token.env',
      'applications.other.credentials.token.env',
      'applications.other.render.chartRepositories[0].token.env',
    ])
  })
})
