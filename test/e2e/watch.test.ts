import { type Test, test } from 'tap'
import { stringify } from 'yaml'
import type { AuditEvent } from '../support/audit-trail.ts'
import { controlPlane } from '../support/control-plane.ts'
import { exampleFiles } from '../support/example-files.ts'
import { configMapFiles } from '../support/manifests.ts'
import { testRedis } from '../support/redis.ts'
import { workload } from '../support/rollout.ts'
import { type Site, testSite } from '../support/site.ts'
import { until } from '../support/until.ts'

/** What is done by hand, and how it can be seen that it was undone. */
interface Story {
  readonly title: string
  readonly change: readonly string[]
  readonly look: readonly string[]
  readonly right: RegExp
}

const deployment = (path: string) => ['get', 'deployment/task-agent', '-o', `jsonpath=${path}`]

const stories: readonly Story[] = [
  {
    title: 'a Deployment scaled by hand is scaled back',
    change: ['scale', 'deployment/task-agent', '--replicas=5'],
    look: deployment('{.spec.replicas}'),
    right: /^3$/,
  },
  {
    title: 'an image set by hand is set back',
    change: ['set', 'image', 'deployment/task-agent', 'agent=other:1'],
    look: deployment('{..image}'),
    right: /^myregistry[^ ]*$/,
  },
  {
    title: 'a variable added by hand is removed',
    change: ['set', 'env', 'deployment/task-agent', 'DEBUG=true'],
    look: deployment('{..containers[0].env}'),
    right: /^(?!.*DEBUG)/,
  },
  {
    title: 'a deleted Service is made again',
    change: ['delete', 'service/task-agent'],
    look: ['get', 'service', '-o', 'name'],
    right: /task-agent/,
  },
  {
    title: 'a ConfigMap changed by hand, whose content the watch never sees, is changed back',
    change: ['patch', 'cm', 'c0', '-p', '{"data":{"a":"other"}}'],
    look: ['get', 'cm', 'c0', '-o', 'jsonpath={.data.a}'],
    right: /^1$/,
  },
]

async function play(t: Test, site: Pick<Site, 'kubectl'>, { change, look, right }: Story) {
  await site.kubectl(...change)
  await until('it is as Git says', async () => right.test(await site.kubectl(...look)), 10_000)
  t.pass()
}

async function deployed(t: Test, ...started: readonly (readonly string[])[]) {
  const split = started.length > 1
  const keys = split ? { redis: { url: (await testRedis(t)).url } } : {}
  const site = await testSite(t, { keys })
  const instances = []
  for (const args of started) instances.push(await site.start(...args))
  const [first] = instances
  if (first === undefined) throw new Error('nothing was started')
  const files = await exampleFiles('task-agent/plain')
  const sha = await site.push(first, { ...files, ...configMapFiles(2) })
  t.match(await site.final(sha), { state: 'success' })
  return { site, instances }
}

const asksApart = ({ verb, objectRef }: AuditEvent) =>
  verb !== 'watch' && objectRef?.resource !== 'leases'

test('without any sweep', async (t) => {
  const { site, instances } = await deployed(t, [])
  const [instance] = instances
  if (instance === undefined) throw new Error('nothing was started')
  for (const story of stories) await t.test(story.title, (t) => play(t, site, story))

  await t.test('the history tells each heal, what it healed and who made it needed', async (t) => {
    const healed = async () => (await site.syncs()).flatMap((sync) => sync.drift)
    await until('each is told', async () => (await healed()).length >= stories.length)
    const drift = await healed()

    t.ok(drift.every((one) => one.healed))
    t.match(
      drift.find(({ type }) => type === 'extra'),
      { offender: { manager: 'kubectl-set' } },
    )
  })

  await t.test(
    'two changes in a row are healed both, during the rollout of the first',
    async (t) => {
      const [scaled, image] = stories
      if (scaled === undefined || image === undefined) throw new Error('no stories')
      await site.kubectl(...scaled.change)
      await site.kubectl(...image.change)

      await play(t, site, scaled)
      await play(t, site, image)
    },
  )

  await t.test('a rollout that is waited for holds up no heal', async (t) => {
    const stuck = stringify(workload('Deployment', 'never-ready'))
    const names = () => site.kubectl('get', 'deployment', '-o', 'name')
    await site.push(instance, { 'app/stuck.yaml': stuck })
    await until('it is written', async () => (await names()).includes('/web'))

    for (const story of stories) await play(t, site, story)

    t.match(await site.application(), { phase: 'Running' })
  })
})

test('a watched application costs the API server nothing while nothing changes', async (t) => {
  const site = await testSite(t, { defaults: { sync: { every: '1s' } } })
  const instance = await site.start()
  const sha = await site.push(instance, configMapFiles(20))
  t.match(await site.final(sha), { state: 'success' })
  const statusAt = async () => (await site.application()).observedAt
  const isOurs = ({ userAgent = '', requestURI }: AuditEvent) =>
    userAgent.startsWith('landfall/') && requestURI.includes(site.name)
  let asked: readonly AuditEvent[] = []
  await until('ten sweeps pass without a request', async () => {
    const trail = await (await controlPlane()).audit()
    for (let sweep = 0; sweep < 10; sweep += 1) {
      const before = await statusAt()
      await until('it was swept again', async () => (await statusAt()) !== before)
    }
    asked = (await trail.events()).filter(isOurs).filter(asksApart)
    return asked.length === 0
  })
  t.strictSame(asked, [])

  const changed = configMapFiles(20, { a: '2' })
  t.match(await site.final(await site.push(instance, changed)), { state: 'success' })
  t.equal(await site.kubectl('get', 'cm', 'c9', '-o', 'jsonpath={.data.a}'), '2')
})

test('of two watchers one watches, and the other takes over', { timeout: 120_000 }, async (t) => {
  const listen = ['--listen', '127.0.0.1:0']
  const { site, instances } = await deployed(
    t,
    ['--role', 'receiver'],
    ['--role', 'worker', ...listen],
    ['--role', 'watcher', ...listen],
    ['--role', 'watcher', ...listen],
  )
  const watchers = instances.slice(2)
  const watching = () => watchers.filter((one) => one.output().includes('"watching"'))
  await until('one watches', () => watching().length > 0)
  t.equal(watching().length, 1)

  const [story] = stories
  if (story === undefined) throw new Error('no stories')
  await play(t, site, story)
  t.match(await watching()[0]?.kill('SIGTERM'), { code: 0 })
  await until('the other one watches', () => watching().length === 2)
  await play(t, site, story)
})
