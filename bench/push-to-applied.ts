import { createCluster } from '../src/cluster/create-cluster.ts'
import type { AuditEvent } from '../test/support/audit-trail.ts'
import { controlPlane } from '../test/support/control-plane.ts'
import type { Scope } from '../test/support/scope.ts'
import { testSite } from '../test/support/site.ts'
import { atMost, type BenchContext, type Benchmark, type Report, type Row } from './benchmark.ts'
import { type Contender, cloneAndApply, landfall } from './contender.ts'
import { type Layout, layoutFiles, layouts, nameOf, objectFiles } from './objects.ts'
import { cpuMs } from './process-usage.ts'
import { type RoundWatch, watchRounds } from './round-watch.ts'
import { mean, median, percentile } from './statistics.ts'

interface Size {
  readonly objects: number
  readonly changed: number
}

interface Turn {
  readonly ms: number
  readonly cpuMs: number
  /** Up to the last write of an object, and after it. */
  readonly requests: number
  readonly later: number
}

const sizes: readonly Size[] = [
  { objects: 10, changed: 10 },
  { objects: 100, changed: 1 },
  { objects: 100, changed: 100 },
]
const warmUps = 3

/** A dry-run and a write for each object, and so many for inventory, fence and autoscalers. */
const requestsBeyondWrites = 4

/** One file an object: kustomize and Helm are not made for so many. */
const largeSizes: readonly Size[] = [
  { objects: 1_000, changed: 1 },
  { objects: 1_000, changed: 1_000 },
]

export const pushBenchmarks: readonly Benchmark[] = layouts.flatMap((layout) =>
  [...sizes, ...(layout === 'plain' ? largeSizes : [])].map(
    (size): Benchmark => ({
      name: `push-${layout}-${size.changed}-of-${size.objects}`,
      title: `from the delivery until a watch saw ${size.changed} of ${size.objects} objects changed (${layout})`,
      run: (context) => run(context, layout, size),
    }),
  ),
)

async function run(context: BenchContext, layout: Layout, size: Size): Promise<Report> {
  const { scope, rounds } = context
  const contenders = await startContenders(context, layout, size)
  const watches = await startWatches(scope, contenders)
  const turns = new Map<Contender, Turn[]>(contenders.map((contender) => [contender, []]))
  const repositories = new Set(contenders.map(({ repository }) => repository))
  for (let round = 1 - warmUps; round <= rounds; round += 1) {
    const { names, files } = changesOf(layout, size, round)
    for (const repository of repositories) await repository.commit(files)
    for (const contender of rotated(contenders, round)) {
      const turn = await takeTurn(contender, { watches, names, mark: markOf(round) })
      if (round > 0) turns.get(contender)?.push(turn)
    }
  }
  return reportOf(size, turns)
}

async function startContenders(
  { scope, program, against }: BenchContext,
  layout: Layout,
  { objects }: Size,
): Promise<readonly Contender[]> {
  const indexes = Array.from({ length: objects }, (_, index) => index)
  const files = { ...layoutFiles(layout, objects), ...objectFiles(layout, indexes, 'r0') }
  const startSite = async (instance: string) => {
    const applications = { '': { path: 'app', render: { type: layout } } }
    const site = await testSite(scope, { applications, program: instance })
    await site.repository.commit(files)
    return site
  }
  const site = await startSite(program)
  return [
    await landfall(site),
    await cloneAndApply(scope, site, { with: 'pool', layout }),
    await cloneAndApply(scope, site, { with: 'kubectl', layout }),
    ...(against === undefined ? [] : [await landfall(await startSite(against), 'the other one')]),
  ]
}

async function startWatches(
  scope: Scope,
  contenders: readonly Contender[],
): Promise<ReadonlyMap<Contender, RoundWatch>> {
  const { kubeconfig: file } = await controlPlane()
  const settings = { name: 'bench', kind: 'kubeconfig', file, context: undefined } as const
  const cluster = createCluster(settings, { version: 'bench' })
  scope.teardown(() => cluster.close())
  return new Map(
    contenders.map((contender) => [contender, watchRounds(scope, cluster, contender.namespace)]),
  )
}

function markOf(round: number): string {
  return `r${round + warmUps}`
}

/** The next `changed` objects; all of them in the first round. */
function changesOf(layout: Layout, { objects, changed }: Size, round: number) {
  const count = round === 1 - warmUps ? objects : changed
  const first = (round + warmUps) * changed
  const indexes = Array.from({ length: count }, (_, offset) => (first + offset) % objects)
  return { names: indexes.map(nameOf), files: objectFiles(layout, indexes, markOf(round)) }
}

/** Who goes first finds the disk and the server as nobody else does: each is first in turn. */
function rotated<T>(items: readonly T[], by: number): T[] {
  const at = ((by % items.length) + items.length) % items.length
  return [...items.slice(at), ...items.slice(0, at)]
}

async function takeTurn(
  contender: Contender,
  {
    watches,
    names,
    mark,
  }: {
    readonly watches: ReadonlyMap<Contender, RoundWatch>
    readonly names: readonly string[]
    readonly mark: string
  },
): Promise<Turn> {
  const sha = await contender.repository.git('rev-parse', 'HEAD')
  const trail = await (await controlPlane()).audit()
  const cpuBefore = await cpuMs(contender.pid)
  const started = performance.now()
  const seen = watches.get(contender)?.seen(names, mark)
  await contender.deploy(sha)
  const ms = ((await seen) ?? Number.NaN) - started
  const spent = (await cpuMs(contender.pid)) - cpuBefore
  return { ms, cpuMs: spent, ...countRequests((await trail.events()).filter(contender.asked)) }
}

/**
 * A watch is told when it ends, which says nothing of when it was asked for; and the watcher renews
 * its Lease whatever is pushed.
 */
function countRequests(events: readonly AuditEvent[]): Pick<Turn, 'requests' | 'later'> {
  const asked = events.filter(
    ({ verb, objectRef }) => verb !== 'watch' && objectRef?.resource !== 'leases',
  )
  const requests = asked.findLastIndex(isWrite) + 1
  return { requests, later: asked.length - requests }
}

function isWrite({ verb, requestURI }: AuditEvent): boolean {
  return verb === 'patch' && !requestURI.includes('dryRun=')
}

function reportOf({ changed }: Size, turns: ReadonlyMap<Contender, readonly Turn[]>): Report {
  const all = Array.from(turns)
  const msOf = (of: readonly Turn[]) => of.map(({ ms }) => ms)
  const yardstick = all.find(([{ title }]) => title === 'yardstick')?.[1] ?? []
  const own = all[0]?.[1] ?? []
  const most = Math.max(...own.map(({ requests }) => requests))
  return {
    rows: all.map(
      ([{ title }, of]): Row => ({
        '': title,
        'p50 ms': median(msOf(of)),
        'p95 ms': percentile(msOf(of), 0.95),
        'min ms': Math.min(...msOf(of)),
        'max ms': Math.max(...msOf(of)),
        '× yardstick': median(msOf(of)) / median(msOf(yardstick)),
        'CPU ms': mean(of.map((turn) => turn.cpuMs)),
        requests: median(of.map((turn) => turn.requests)),
        later: median(of.map((turn) => turn.later)),
      }),
    ),
    gates: [
      atMost(
        'requests of one push, up to its last write',
        most,
        2 * changed + requestsBeyondWrites,
      ),
    ],
  }
}
