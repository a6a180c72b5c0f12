import { setTimeout as delay } from 'node:timers/promises'
import type { AuditEvent } from '../test/support/audit-trail.ts'
import { controlPlane } from '../test/support/control-plane.ts'
import { type Site, testSite } from '../test/support/site.ts'
import { atMost, type BenchContext, type Benchmark, exactly, type Report } from './benchmark.ts'
import { type Contender, landfall } from './contender.ts'
import { objectFiles } from './objects.ts'
import { cpuMs } from './process-usage.ts'

const objects = 100
const msPerRound = 3_000
/** The inventory, and a list of each of the two kinds. */
const requestsOfOne = 3

export const noopSweep: Benchmark = {
  name: 'noop-sweep',
  title: `a sweep of ${objects} objects that finds nothing, beside an instance that does not sweep`,
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
  const events = (await trail.events()).filter(sweeping.asked)
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

async function deployed(
  { scope, program }: Pick<BenchContext, 'scope' | 'program'>,
  every: string,
): Promise<Contender> {
  const site: Site = await testSite(scope, { program, defaults: { sync: { every } } })
  const indexes = Array.from({ length: objects }, (_, index) => index)
  const sha = await site.repository.commit(objectFiles('plain', indexes, 'r0'))
  const contender = await landfall(site)
  await contender.deploy(sha)
  return contender
}

function inventoryOf({ namespace }: Contender): string {
  return `landfall-${namespace}`
}

function isAbout(contender: Contender): (event: AuditEvent) => boolean {
  return ({ objectRef, verb }) =>
    verb !== 'watch' &&
    (objectRef?.namespace === contender.namespace || objectRef?.name === inventoryOf(contender))
}
