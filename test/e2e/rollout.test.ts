import { test } from 'tap'
import { stringify } from 'yaml'
import { hookJobYaml, preSync } from '../support/hook-yaml.ts'
import { workload } from '../support/rollout.ts'
import { testSite } from '../support/site.ts'

const deployment = (...options: Parameters<typeof workload>) => stringify(workload(...options))

test('a rollout that cannot finish', async (t) => {
  const site = await testSite(t)
  const good = await site.repository.commit({ 'app/web.yaml': deployment('Deployment') })
  const instance = await site.start()
  await site.final(good)

  await t.test("fails the commit with the pod's own message", async (t) => {
    const sha = await site.push(instance, {
      'app/web.yaml': deployment('Deployment', 'crash-loop'),
    })
    const status = await site.final(sha)

    t.equal(status.state, 'failure')
    t.match(status.description, /web.*(?:CrashLoopBackOff|back-off)/)
    t.match(await site.application(), { health: 'Degraded', phase: 'Failed', revision: sha })
  })

  await t.test('makes sync --wait exit with 4', async (t) => {
    const { code, stdout } = await site.landfall('sync', site.name, '--wait')

    t.equal(code, 4)
    t.match(stdout, /Failed {2}manual/)
    t.match(stdout, /web.*(?:CrashLoopBackOff|back-off)/)
  })

  await t.test('is superseded by a newer push, which deploys', async (t) => {
    const stuck = await site.push(instance, {
      'app/web.yaml': deployment('Deployment', 'never-ready'),
    })
    await site.forge.status(({ sha }) => sha === stuck)
    const next = await site.push(instance, { 'app/web.yaml': deployment('Deployment') })

    t.match(await site.final(next), { state: 'success', description: /healthy/ })
    t.match(await site.final(stuck), {
      state: 'error',
      description: `superseded by ${next.slice(0, 7)}`,
    })
    const outcomes = (await site.syncs()).map(({ phase, revision }) => `${phase} ${revision}`)
    t.strictSame(outcomes.slice(0, 2), [`Succeeded ${next}`, `Superseded ${stuck}`])
  })
})

test('a migration that fails before the rollout', async (t) => {
  const site = await testSite(t)
  const migration = (testPod?: 'exit-code-1') =>
    hookJobYaml({ name: 'migrate', annotations: preSync, ...(testPod && { testPod }) })
  const good = await site.repository.commit({
    'app/web.yaml': deployment('Deployment'),
    'app/migrate.yaml': migration(),
  })
  const instance = await site.start()
  t.match(await site.final(good), { state: 'success', description: /^2 created, / })

  const bad = await site.push(instance, {
    'app/web.yaml': deployment('Deployment').replace('web:1', 'web:2'),
    'app/migrate.yaml': migration('exit-code-1'),
  })

  await t.test("fails the commit with the last lines of its pod's log", async (t) => {
    const status = await site.final(bad)

    t.equal(status.state, 'failure')
    t.match(status.description, /^pre-sync hook Job .*\/migrate failed; .*this is the last line/)
  })

  await t.test('leaves the old version running', async (t) => {
    const image = await site.kubectl('get', 'deployment/web', '-o', 'jsonpath={..image}')

    t.match(image, /web:1/)
  })

  await t.test('lets the next commit deploy', async (t) => {
    const next = await site.push(instance, { 'app/migrate.yaml': migration() })

    t.match(await site.final(next), { state: 'success', description: /^1 created, 1 configured, / })
  })
})
