import { pino } from 'pino'
import { mapInFlight } from '../src/engine/in-flight.ts'
import { createApplicationRecords } from '../src/queue/application-records.ts'
import { connectRedis } from '../src/queue/connect.ts'
import { createKeys, type Keys } from '../src/queue/keys.ts'
import { createSyncQueue } from '../src/queue/sync-queue.ts'
import { testRedis } from '../test/support/redis.ts'
import { createSyncWorker } from '../workers/sync-worker.ts'
import { type BenchContext, type Benchmark, exactly, type Report } from './benchmark.ts'
import { median } from './statistics.ts'

const applications = Array.from({ length: 1_000 }, (_, index) => `app-${index}`)
const concurrency = 8

export const queue: Benchmark = {
  name: 'queue',
  title: `${applications.length} applications wanted and queued, then taken by a worker that does nothing`,
  run,
}

interface Round {
  readonly queueMs: number
  readonly drainMs: number
  readonly taken: number
}

async function run({ scope, rounds }: BenchContext): Promise<Report> {
  const { url } = await testRedis(scope)
  const results: Round[] = []
  for (let round = 0; round < rounds; round += 1) {
    results.push(await oneRound(url, createKeys(`bench-${round}`)))
  }
  const rate = (times: readonly number[]) => (applications.length / median(times)) * 1_000
  return {
    rows: [
      {
        'wanted and queued/s': rate(results.map(({ queueMs }) => queueMs)),
        'taken/s': rate(results.map(({ drainMs }) => drainMs)),
      },
    ],
    gates: results.map(({ taken }) => exactly('jobs taken', taken, applications.length)),
  }
}

async function oneRound(url: string, keys: Keys): Promise<Round> {
  const redis = connectRedis(url, 'worker', () => {})
  const records = createApplicationRecords(redis, keys)
  const syncs = createSyncQueue(redis, keys, () => {})
  const started = performance.now()
  await mapInFlight(applications, concurrency, async (name) => {
    await records.want(name, { trigger: 'push', at: 0 })
    await syncs.enqueue(name)
  })
  const queued = performance.now()
  const taken = await drain(url, keys)
  const drained = performance.now()
  await syncs.close()
  redis.disconnect()
  return { queueMs: queued - started, drainMs: drained - queued, taken }
}

async function drain(url: string, keys: Keys): Promise<number> {
  const redis = connectRedis(url, 'worker', () => {})
  const names = new Set<string>()
  const { promise: done, resolve } = Promise.withResolvers<void>()
  const worker = createSyncWorker({
    redis,
    keys,
    concurrency,
    logger: pino({ level: 'silent' }),
    async run(name) {
      names.add(name)
      if (names.size === applications.length) resolve()
    },
  })
  await done
  await worker.close({ isRedisUp: true, graceMs: 1_000 })
  redis.disconnect()
  return names.size
}
