import { fork } from 'node:child_process'
import { once } from 'node:events'
import { testRedis } from '../test/support/redis.ts'
import type { Scope } from '../test/support/scope.ts'
import { testSite } from '../test/support/site.ts'
import { atMost, type BenchContext, type Benchmark, type Report, type Row } from './benchmark.ts'
import { createSender, type Sender } from './deliveries.ts'
import { cpuMs } from './process-usage.ts'
import { mean, median, percentile } from './statistics.ts'

const deliveriesPerRound = 300

export const webhook: Benchmark = {
  name: 'webhook',
  title: 'deliveries one by one, against an empty POST route with the same parser and body',
  run,
}

interface Receiver {
  readonly title: string
  readonly url: string
  readonly pid: number
}

interface Batch {
  readonly times: readonly number[]
  readonly cpuMs: number
  /** Neither accepted nor, by a machine that cannot keep up, put off. */
  readonly wrong: number
}

async function run({ scope, program, rounds }: BenchContext): Promise<Report> {
  const redis = await testRedis(scope)
  const site = await testSite(scope, { program, keys: { redis: { url: redis.url } } })
  const instance = await site.start('--role', 'receiver')
  const sender = await createSender(scope, site)
  const receivers: readonly Receiver[] = [
    { title: 'receiver', url: `${instance.url}/webhooks/github`, pid: instance.pid },
    { title: 'empty route', ...(await startEmptyRoute(scope)) },
  ]
  const batches = new Map<Receiver, Batch[]>(receivers.map((receiver) => [receiver, []]))
  for (let round = 0; round <= rounds; round += 1) {
    for (const receiver of receivers) {
      const batch = await sendBatch(sender, receiver)
      if (round > 0) batches.get(receiver)?.push(batch)
    }
  }
  const all = Array.from(batches)
  const wrong = all.flatMap(([, of]) => of).reduce((sum, batch) => sum + batch.wrong, 0)
  return {
    rows: all.map(rowOf),
    gates: [atMost('answers that are neither 202 nor 503', wrong, 0)],
  }
}

async function startEmptyRoute(scope: Scope): Promise<{ url: string; pid: number }> {
  const child = fork(new URL('./empty-route-child.ts', import.meta.url))
  scope.teardown(() => void child.kill())
  const [url] = await once(child, 'message')
  return { url: `${url}/empty`, pid: child.pid ?? 0 }
}

async function sendBatch(sender: Sender, { url, pid }: Receiver): Promise<Batch> {
  const before = await cpuMs(pid)
  const times: number[] = []
  let wrong = 0
  for (let sent = 0; sent < deliveriesPerRound; sent += 1) {
    const { status, ms } = await sender.post(url)
    times.push(ms)
    if (status !== 202 && status !== 503) wrong += 1
  }
  return { times, wrong, cpuMs: (await cpuMs(pid)) - before }
}

function rowOf([{ title }, batches]: [Receiver, readonly Batch[]]): Row {
  const times = batches.flatMap((batch) => batch.times)
  return {
    '': title,
    'p50 ms': median(times),
    'p95 ms': percentile(times, 0.95),
    'p99 ms': percentile(times, 0.99),
    'min ms': Math.min(...times),
    'CPU ms each': mean(batches.map((batch) => batch.cpuMs)) / deliveriesPerRound,
  }
}
