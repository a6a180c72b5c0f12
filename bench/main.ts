// `make bench`: see docs/performance.md.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readVersion } from '../src/cli/version.ts'
import type { Benchmark, Report } from './benchmark.ts'
import { describeMachine, describeVersions } from './machine.ts'
import { noopSweep } from './noop-sweep.ts'
import { type BenchOptions, readOptions, usage } from './options.ts'
import { pushBenchmarks } from './push-to-applied.ts'
import { queue } from './queue.ts'
import { createScope } from './scope.ts'
import { startUp } from './start-up.ts'
import { storm } from './storm.ts'
import { tableOf } from './table.ts'
import { webhook } from './webhook.ts'
import { webhookRate } from './webhook-rate.ts'

const benchmarks: readonly Benchmark[] = [
  ...pushBenchmarks,
  noopSweep,
  webhook,
  webhookRate,
  storm,
  queue,
  startUp,
]

const options = readOptions(process.argv.slice(2))
const names = benchmarks.map(({ name }) => name)
const isKnown = options?.only.every((only) => names.includes(only)) === true
if (options === undefined || !isKnown) {
  console.error(`${usage}\nbenchmarks: ${names.join(', ')}`)
  process.exit(2)
}
process.exitCode = (await runAll(options)) ? 0 : 1
process.exit()

async function runAll({ only, json, ...how }: BenchOptions): Promise<boolean> {
  const machine = await describeMachine()
  const versions = await describeVersions()
  console.log(`${machine.cpu}, load ${machine.load}; ${versions['git']}; node ${versions['node']}`)
  const reports: NamedReport[] = []
  for (const benchmark of benchmarks) {
    if (only.length > 0 && !only.includes(benchmark.name)) continue
    reports.push(await runOne(benchmark, how))
    // Again and again: a run that is stopped leaves what it has found.
    if (json) await save({ machine, versions, ...how, reports })
  }
  const broken = reports.flatMap(({ gates }) => gates.filter(({ holds }) => !holds))
  for (const { fact } of broken) console.error(`not ok: ${fact}`)
  return broken.length === 0
}

interface NamedReport extends Report {
  readonly name: string
  readonly title: string
  readonly loadAtEnd: number
}

async function runOne(
  benchmark: Benchmark,
  how: Pick<BenchOptions, 'rounds' | 'against'>,
): Promise<NamedReport> {
  const { name, title } = benchmark
  const scope = createScope()
  try {
    console.log(`\n${name}: ${title}`)
    const report = await benchmark.run({ scope, ...how })
    console.log(tableOf(report.rows))
    for (const { fact, holds } of report.gates) console.log(`${holds ? 'ok' : 'not ok'}: ${fact}`)
    const { load } = await describeMachine()
    console.log(`load ${load}`)
    return { name, title, ...report, loadAtEnd: load }
  } finally {
    await scope.end()
  }
}

async function save(results: object): Promise<void> {
  const folder = join(import.meta.dirname, 'results')
  const file = join(folder, `${readVersion()}.json`)
  await mkdir(folder, { recursive: true })
  await writeFile(
    file,
    `${JSON.stringify({ date: new Date().toISOString(), ...results }, null, 2)}\n`,
  )
}
