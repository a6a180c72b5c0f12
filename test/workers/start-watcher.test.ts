import { type Test, test } from 'tap'
import { systemClock } from '../../src/domain/clock.ts'
import { createRedactor } from '../../src/domain/redact.ts'
import { createKeys } from '../../src/queue/keys.ts'
import { createLogger } from '../../workers/logger.ts'
import { startWatcher } from '../../workers/start-watcher.ts'
import { anApplication } from '../support/an-application.ts'
import { testRedis } from '../support/redis.ts'
import { testCluster } from '../support/test-cluster.ts'
import { until } from '../support/until.ts'

/** A watcher of one application, on a real cluster. */
async function aWatcher(t: Test, redisUrl: string) {
  const { cluster, namespace } = await testCluster(t)
  const lines: string[] = []
  const setup = {
    clusters: [{ cluster, applications: [anApplication({ name: namespace, namespace })] }],
    release: async () => {},
  }
  const watcher = startWatcher({
    redisUrl,
    keys: createKeys(),
    clock: systemClock,
    logger: createLogger({
      level: 'info',
      redact: createRedactor([]),
      destination: { write: (line) => lines.push(line) },
    }),
    setup,
  })
  t.teardown(() => watcher.close())
  const told = (text: string) => lines.filter((line) => line.includes(text)).length
  return { watcher, setup, told }
}

test('a watcher', async (t) => {
  await t.test(
    'that starts, or reloads, while Redis is away watches once it is back',
    async (t) => {
      const redis = await testRedis(t)
      await redis.stop()
      const { watcher, setup, told } = await aWatcher(t, redis.url)
      await until('the trouble is told', () => told('QUEUE_UNAVAILABLE') > 0)
      watcher.replace(setup)
      await until('it is told again', () => told('QUEUE_UNAVAILABLE') > 1)
      t.equal(told('"watching"'), 0)

      await redis.start()
      await until('it watches', () => told('"watching"') > 0)
      t.pass()
    },
  )

  await t.test('goes on at once with a changed configuration', async (t) => {
    const redis = await testRedis(t)
    const { watcher, setup, told } = await aWatcher(t, redis.url)
    await until('it watches', () => told('"watching"') === 1)

    watcher.replace(setup)
    await until('it watches again', () => told('"watching"') === 2, 4_000)
    watcher.replace(setup)
    watcher.replace(setup)
    await until('by the newest one', () => told('"watching"') === 3, 4_000)
    t.pass()
  })
})
