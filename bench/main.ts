// `make bench`: see docs/performance.md.
import { join } from 'node:path'
import type { BenchContext, Benchmark, Gate, Report } from './benchmark.ts'
import { builtProgram } from './built-program.ts'
import { heal } from './heal.ts'
import { idle } from './idle.ts'
import { describeMachine, describeVersions } from './machine.ts'
import { monorepo } from './monorepo.ts'
import { noopSweep } from './noop-sweep.ts'
import { type BenchOptions, readOptions, usage } from './options.ts'
import { pushBenchmarks } from './push-to-applied.ts'
import { queue } from './queue.ts'
import { saveResult } from './results.ts'
import { createScope } from './scope.ts'
import { startUp } from './start-up.ts'
import { storm } from './storm.ts'
import { tableOf } from './table.ts'
import { webhook } from './webhook.ts'
import { webhookRate } from './webhook-rate.ts'

const benchmarks: readonly Benchmark[] = [
  ...pushBenchmarks,
  monorepo,
  noopSweep,
  heal,
  idle,
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
  const versions = await describeVersions()
  const { cpu } = await describeMachine()
  const programs = {
    program: await builtProgram(join(import.meta.dirname, '..')),
    against: how.against === undefined ? undefined : await builtProgram(how.against),
  }
  console.log(`${cpu}; ${versions['git']}; node ${versions['node']}`)
  const broken: Gate[] = []
  for (const benchmark of benchmarks) {
    if (only.length > 0 && !only.includes(benchmark.name)) continue
    const { name, title } = benchmark
    console.log(`\n${name}: ${title}`)
    const machine = await describeMachine()
    const report = await runOne(benchmark, { ...how, ...programs })
    const { load } = await describeMachine()
    console.log(`load ${machine.load} to ${load}`)
    broken.push(...report.gates.filter(({ holds }) => !holds))
    const result = { title, ...how, versions, machine: { ...machine, loadAtEnd: load }, ...report }
    if (json) await saveResult(name, result)
  }
  for (const { fact } of broken) console.error(`not ok: ${fact}`)
  return broken.length === 0
}

async function runOne(benchmark: Benchmark, how: Omit<BenchContext, 'scope'>): Promise<Report> {
  const scope = createScope()
  try {
    const report = await benchmark.run({ scope, ...how })
    console.log(tableOf(report.rows))
    for (const { fact, holds } of report.gates) console.log(`${holds ? 'ok' : 'not ok'}: ${fact}`)
    return report
  } finally {
    await scope.end()
  }
}
