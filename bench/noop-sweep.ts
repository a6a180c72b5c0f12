import { setTimeout as delay } from 'node:timers/promises'
import type { AuditEvent } from '../test/support/audit-trail.ts'
import { controlPlane } from '../test/support/control-plane.ts'
import { testRedis } from '../test/support/redis.ts'
import { testSite } from '../test/support/site.ts'
import { atMost, type BenchContext, type Benchmark, exactly, type Report } from './benchmark.ts'
import { objectFiles } from './objects.ts'
import { cpuMs } from './process-usage.ts'

const objects = 100
const msPerRound = 3_000
/** The inventory, and a list of each of the two kinds. */
const requestsOfOne = 3

interface Deployed {
  readonly pid: number
  readonly namespace: string
}

export const noopSweep: Benchmark = {
  name: 'noop-sweep',
  title: `a sweep of ${objects} objects that nobody watches, beside an instance that does not sweep`,
  run,
}

async function run({ rounds, ...context }: BenchContext): Promise<Report> {
  const idle = await deployed(context, '1h')
  const sweeping = await deployed(context, '2s')
  const windowMs = rounds * msPerRound
  const trail = await (await controlPlane()).audit()
  const [idleBefore, before] = [await cpuMs(idle.pid), await cpuMs(sweeping.pid)]
  await delay(windowMs)
  const [idleMs, spentMs] = [
    (await cpuMs(idle.pid)) - idleBefore,
    (await cpuMs(sweeping.pid)) - before,
  ]
  const events = (await trail.events()).filter(({ userAgent = '' }) =>
    userAgent.startsWith('landfall/'),
  )
  const sweeps = events.filter(({ objectRef }) => objectRef?.name === inventoryOf(sweeping)).length
  const requests = events.filter(isAbout(sweeping)).length
  return {
    rows: [
      {
        sweeps,
        'requests of one': requests / sweeps,
        'CPU ms of one': (spentMs - idleMs) / sweeps,
        'idle CPU ms/s': (idleMs / windowMs) * 1_000,
      },
    ],
    gates: [
      atMost('requests of the sweeps', requests, (sweeps + 1) * requestsOfOne),
      exactly('requests without a sweep', events.filter(isAbout(idle)).length, 0),
    ],
  }
}

/** With no watcher: a sweep that knows nothing looks for itself. */
async function deployed(
  { scope, program }: Pick<BenchContext, 'scope' | 'program'>,
  every: string,
): Promise<Deployed> {
  const { url } = await testRedis(scope)
  const keys = { redis: { url } }
  const site = await testSite(scope, { program, keys, defaults: { sync: { every } } })
  const receiver = await site.start('--role', 'receiver')
  const { pid } = await site.start('--role', 'worker', '--listen', '127.0.0.1:0')
  const indexes = Array.from({ length: objects }, (_, index) => index)
  await site.final(await site.push(receiver, objectFiles('plain', indexes, 'r0')))
  return { pid, namespace: site.name }
}

function inventoryOf({ namespace }: Deployed): string {
  return `landfall-${namespace}`
}

function isAbout(one: Deployed): (event: AuditEvent) => boolean {
  return ({ objectRef, verb }) =>
    verb !== 'watch' &&
    (objectRef?.namespace === one.namespace || objectRef?.name === inventoryOf(one))
}
