import { setTimeout as delay } from 'node:timers/promises'
import type { AuditEvent, AuditTrail } from '../test/support/audit-trail.ts'
import { controlPlane } from '../test/support/control-plane.ts'
import { testRedis } from '../test/support/redis.ts'
import { type Site, testSite } from '../test/support/site.ts'
import { until } from '../test/support/until.ts'
import { type BenchContext, type Benchmark, exactly, type Report, type Row } from './benchmark.ts'
import { objectFiles } from './objects.ts'
import { cpuMs, residentMib } from './process-usage.ts'

const sizes = [100, 1_000]
const windowMs = 60_000
const sweepEvery = '20s'

export const idle: Benchmark = {
  name: 'idle',
  title: `a minute in which nothing changes, with a sweep every ${sweepEvery}, by role`,
  run,
}

async function run(context: BenchContext): Promise<Report> {
  const all: Rest[] = []
  for (const objects of sizes) all.push(await rest(context, objects))
  return {
    rows: all.flatMap(({ rows }) => rows),
    gates: all.map(({ requests }, index) =>
      exactly(`requests a minute for ${sizes[index]} objects`, requests, 0),
    ),
  }
}

interface Rest {
  readonly rows: readonly Row[]
  readonly requests: number
}

async function rest(
  { scope, program }: Pick<BenchContext, 'scope' | 'program'>,
  objects: number,
): Promise<Rest> {
  const redis = await testRedis(scope)
  const site = await testSite(scope, {
    program,
    keys: { redis: { url: redis.url } },
    defaults: { sync: { every: sweepEvery } },
  })
  const listen = ['--listen', '127.0.0.1:0']
  const receiver = await site.start('--role', 'receiver')
  const worker = await site.start('--role', 'worker', ...listen)
  const watcher = await site.start('--role', 'watcher', ...listen)
  const roles = Object.entries({ receiver, worker, watcher })
  const indexes = Array.from({ length: objects }, (_, index) => index)
  await site.final(await site.push(receiver, objectFiles('plain', indexes, 'r0')))
  await untilAtRest(site)
  const trail = await (await controlPlane()).audit()
  const before = await Promise.all(roles.map(([, { pid }]) => cpuMs(pid)))
  await delay(windowMs)
  const after = await Promise.all(roles.map(([, { pid }]) => cpuMs(pid)))
  const requests = await countRequests(trail, site)
  const rows = await Promise.all(
    roles.map(async ([role, { pid }], index): Promise<Row> => {
      const spentMs = (after[index] ?? 0) - (before[index] ?? 0)
      return {
        objects,
        role,
        'requests a minute': requests,
        'CPU %': (spentMs / windowMs) * 100,
        MiB: await residentMib(pid),
      }
    }),
  )
  for (const [, instance] of roles) await instance.kill('SIGTERM')
  return { rows, requests }
}

async function untilAtRest(site: Site): Promise<void> {
  await until(
    'a whole sweep passes without a request',
    async () => {
      const trail = await (await controlPlane()).audit()
      const { observedAt } = await site.application()
      await until('swept', async () => (await site.application()).observedAt !== observedAt)
      return (await countRequests(trail, site)) === 0
    },
    180_000,
  )
}

/** Of the application and its inventory; the Lease belongs to all of them. */
async function countRequests(trail: AuditTrail, { name }: Site): Promise<number> {
  const isOurs = ({ verb, requestURI, userAgent = '' }: AuditEvent) =>
    verb !== 'watch' && userAgent.startsWith('landfall/') && requestURI.includes(name)
  return (await trail.events()).filter(isOurs).length
}
