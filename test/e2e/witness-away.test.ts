import { type Test, test } from 'tap'
import type { Drift } from '../../src/domain/drift.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'
import { type WitnessSite, witnessSite } from '../support/witness-site.ts'

const ann = 'ann@example.com'
const deployment = 'deployment/task-agent'
const roles = [['--role=receiver'], ['--role=worker'], ['--role=watcher'], ['--role=witness']]

async function apart(t: Test, keys = {}) {
  const redis = await testRedis(t)
  const one = await witnessSite(t, { keys, file: { redis: { url: redis.url } }, start: roles })
  const witness = one.instances[3]
  if (witness === undefined) throw new Error('no witness was started')
  return { ...one, redis, witness }
}

/** Scales by hand; gives what the person saw and for how long they waited. */
async function scale({ as }: WitnessSite, replicas: number) {
  const start = performance.now()
  const seen = await as(ann, 'scale', deployment, `--replicas=${replicas}`)
  return { ...seen, ms: performance.now() - start }
}

const replicas = ({ site }: WitnessSite) =>
  site.kubectl('get', deployment, '-o', 'jsonpath={.spec.replicas}')

test('each role in a process of its own', async (t) => {
  const one = await apart(t, { handEdits: 'deny' })

  await t.test('the witness refuses, and knows the worker’s writes for Landfall’s', async (t) => {
    t.match(await scale(one, 5), { code: 1, stderr: /denied the request: managed by Landfall/ })
    t.strictSame(
      (await one.who(deployment)).filter(({ manager }) => manager === 'landfall'),
      [],
    )
  })

  await t.test('a witness that hangs blocks nothing, and no heal is lost', async (t) => {
    process.kill(one.witness.pid, 'SIGSTOP')
    const seen = await scale(one, 6)

    t.match(seen, { code: 0, stderr: '' })
    t.ok(seen.ms < 5_000, `${Math.round(seen.ms)} ms`)
    await until('it is undone', async () => (await replicas(one)) === '3')
    let drift: readonly Drift[] = []
    await until('it is told', async () => {
      drift = (await one.site.syncs())[0]?.drift ?? []
      return drift.length > 0
    })
    t.match(drift, [{ healed: true, offender: { manager: 'kubectl' } }])
    t.equal(drift[0]?.offender?.user, undefined)
    process.kill(one.witness.pid, 'SIGCONT')
    await until('it refuses again', async () => (await scale(one, 7)).code === 1)
  })

  await t.test('a Redis that is away blocks nothing, and no heal is lost', async (t) => {
    await one.redis.stop()
    const seen = await scale(one, 8)
    t.match(seen, { code: 0, stderr: /^Warning: managed by Landfall/ })
    t.ok(seen.ms < 5_000, `${Math.round(seen.ms)} ms`)
    await one.redis.start()
    await until('it is undone', async () => (await replicas(one)) === '3')
  })

  await t.test('a witness that was killed blocks nothing, and no heal is lost', async (t) => {
    await one.witness.kill('SIGKILL')
    const seen = await scale(one, 9)
    t.match(seen, { code: 0, stderr: '' })
    t.ok(seen.ms < 5_000, `${Math.round(seen.ms)} ms`)
    await until('it is undone', async () => (await replicas(one)) === '3')
  })

  await t.test('one that is started again goes on', async (t) => {
    await one.site.start('--role=witness')
    await until('it refuses again', async () => (await scale(one, 7)).code === 1)
    t.pass()
  })

  await t.test('uninstalled, nobody is asked', async (t) => {
    t.match(await one.site.landfall('witness uninstall'), { code: 0 })
    t.match((await one.site.landfall('witness status')).stdout, /uninstalled/)
    await until('nobody refuses', async () => (await scale(one, 7)).code === 0)
  })
})
