import type { Instance } from '../test/support/instance.ts'
import { testRedis } from '../test/support/redis.ts'
import { type Site, testSite } from '../test/support/site.ts'
import { type BenchContext, type Benchmark, exactly, type Report, type Row } from './benchmark.ts'
import { objectFiles } from './objects.ts'
import { cpuMs, residentMib } from './process-usage.ts'
import { mean, median } from './statistics.ts'

const objects = 100
const roles = ['all', 'receiver', 'worker'] as const
type Role = (typeof roles)[number]

export const startUp: Benchmark = {
  name: 'start-up',
  title: `until a role runs, and its memory then and after a push of ${objects} objects`,
  run,
}

interface Started {
  readonly role: Role
  readonly instance: Instance
  readonly ms: number
  readonly cpuMs: number
  readonly mib: number
}

interface Life extends Omit<Started, 'instance'> {
  readonly mibAfterPush: number
  readonly isOrderly: boolean
}

async function run({ scope, program, rounds }: BenchContext): Promise<Report> {
  const redis = await testRedis(scope)
  const site = await testSite(scope, { program, keys: { redis: { url: redis.url } } })
  const lives: Life[] = []
  for (let round = 1; round <= rounds; round += 1) {
    lives.push(...(await live(site, [await start(site, 'all')], `all-${round}`)))
    const apart = [await start(site, 'receiver'), await start(site, 'worker')]
    lives.push(...(await live(site, apart, `apart-${round}`)))
  }
  const orderly = lives.filter(({ isOrderly }) => isOrderly).length
  return {
    rows: roles.map((role) => rowOf(role, lives)),
    gates: [exactly('ends with 0 after SIGTERM', orderly, lives.length)],
  }
}

async function start(site: Site, role: Role): Promise<Started> {
  const begun = performance.now()
  const instance = await site.start(...(role === 'all' ? [] : ['--role', role]))
  return {
    role,
    instance,
    ms: performance.now() - begun,
    cpuMs: await cpuMs(instance.pid),
    mib: await residentMib(instance.pid),
  }
}

async function live(site: Site, started: readonly Started[], round: string): Promise<Life[]> {
  const [first] = started
  if (first === undefined) return []
  const indexes = Array.from({ length: objects }, (_, index) => index)
  await site.final(await site.push(first.instance, objectFiles('plain', indexes, round)))
  return Promise.all(
    started.map(async ({ instance, ...rest }) => {
      const mibAfterPush = await residentMib(instance.pid)
      const { code } = await instance.kill('SIGTERM')
      return { ...rest, mibAfterPush, isOrderly: code === 0 }
    }),
  )
}

function rowOf(role: Role, lives: readonly Life[]): Row {
  const own = lives.filter((life) => life.role === role)
  const times = own.map(({ ms }) => ms)
  return {
    role,
    'p50 ms': median(times),
    'min ms': Math.min(...times),
    'max ms': Math.max(...times),
    'CPU ms': mean(own.map((life) => life.cpuMs)),
    'MiB at start': median(own.map(({ mib }) => mib)),
    'MiB after a push': median(own.map(({ mibAfterPush }) => mibAfterPush)),
  }
}
