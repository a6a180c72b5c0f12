import { connectRedis } from '../src/queue/connect.ts'
import { createKeys } from '../src/queue/keys.ts'
import { testRedis } from '../test/support/redis.ts'
import { testSite } from '../test/support/site.ts'
import { atMost, type BenchContext, type Benchmark, type Report } from './benchmark.ts'
import { createSender } from './deliveries.ts'
import { sendEvenly } from './even-rate.ts'
import { cpuMs } from './process-usage.ts'
import { median, percentile } from './statistics.ts'

const perSecond = 200
const seconds = 60

export const webhookRate: Benchmark = {
  name: 'webhook-rate',
  title: `${perSecond} deliveries a second for ${seconds} s, whether or not they are answered yet`,
  run,
}

async function run({ scope, program }: BenchContext): Promise<Report> {
  const redis = await testRedis(scope)
  const site = await testSite(scope, { program, keys: { redis: { url: redis.url } } })
  const instance = await site.start('--role', 'receiver')
  const sender = await createSender(scope, site)
  const url = `${instance.url}/webhooks/github`
  const count = perSecond * seconds
  const before = await cpuMs(instance.pid)
  const answers = await sendEvenly({ count, perSecond }, () => sender.post(url))
  const spentMs = (await cpuMs(instance.pid)) - before
  const times = answers.map(({ ms }) => ms)
  const accepted = answers.filter(({ status }) => status === 202).length
  const recorded = await wantsOf(redis.url, site.name)
  return {
    rows: [
      {
        deliveries: count,
        // A machine that cannot keep up refuses with 503, and the forge delivers again.
        refused: count - accepted,
        'p50 ms': median(times),
        'p95 ms': percentile(times, 0.95),
        'p99 ms': percentile(times, 0.99),
        'max ms': Math.max(...times),
        'CPU ms each': spentMs / count,
      },
    ],
    gates: [atMost('deliveries accepted and lost', Math.max(0, accepted - recorded), 0)],
  }
}

/** Each push that is kept makes one generation of what is wanted. */
async function wantsOf(url: string, application: string): Promise<number> {
  const redis = connectRedis(url, 'worker', () => {})
  try {
    return Number(await redis.hget(createKeys().application(application), 'dirty'))
  } finally {
    redis.disconnect()
  }
}
