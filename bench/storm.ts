import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { mapInFlight } from '../src/engine/in-flight.ts'
import { startKubeProxy } from '../test/support/kube-proxy.ts'
import { githubPush } from '../test/support/payloads.ts'
import { type Site, testSite } from '../test/support/site.ts'
import { until } from '../test/support/until.ts'
import { atMost, type BenchContext, type Benchmark, exactly, type Report } from './benchmark.ts'
import { nameOf, objectFiles } from './objects.ts'
import { percentile } from './statistics.ts'

const pushes = 1_000
const objects = 10
const atOnce = 8

export const storm: Benchmark = {
  name: 'storm',
  title: `${pushes} pushes on one repository while an apply is under way`,
  run,
}

async function run({ scope, program }: BenchContext): Promise<Report> {
  const proxy = await startKubeProxy(scope)
  const site = await testSite(scope, { program, kubeconfig: proxy.kubeconfig })
  const instance = await site.start()
  const all = Array.from({ length: objects }, (_, index) => index)
  await site.final(await site.push(instance, objectFiles('plain', all, 'r0')))
  const before = (await site.syncs()).length
  let isUnderWay = false
  proxy.hold(({ method, url }) => {
    const isWrite = method === 'PATCH' && !url.includes('dryRun=')
    isUnderWay ||= isWrite
    return isWrite
  })
  await site.push(instance, objectFiles('plain', all, 'first'))
  await until('an apply is under way', () => isUnderWay)
  const commits = await makeCommits(site)
  const started = performance.now()
  const answers = await mapInFlight(commits, atOnce, async (sha) => {
    await writeFile(join(site.repository.bare, 'refs/heads/main'), `${sha}\n`)
    const sentAt = performance.now()
    const payload = githubPush({ repo: site.repo, after: sha })
    let { status } = await site.deliver(instance, payload)
    // What a machine under load refuses, a forge delivers again.
    while (status === 503) status = (await site.deliver(instance, payload)).status
    return { status, ms: performance.now() - sentAt }
  })
  await writeFile(join(site.repository.bare, 'refs/heads/main'), `${commits.at(-1)}\n`)
  const seconds = (performance.now() - started) / 1_000
  proxy.hold(() => false)
  await site.final(commits.at(-1) ?? '')
  const syncs = (await site.syncs()).length - before
  const { revision, syncStatus } = await site.application()
  const isNewest = revision === commits.at(-1) && syncStatus === 'Synced'
  return {
    rows: [
      {
        pushes,
        'pushes/s': pushes / seconds,
        'p99 ms': percentile(
          answers.map(({ ms }) => ms),
          0.99,
        ),
        syncs,
      },
    ],
    gates: [
      exactly('answers 202', answers.filter(({ status }) => status === 202).length, pushes),
      atMost('applies beside the one under way', syncs - 1, 2),
      exactly('newest commit deployed', isNewest ? 1 : 0, 1),
    ],
  }
}

/** So many commits on top of main, which stays where it is; oldest first. */
async function makeCommits({ repository }: Site): Promise<string[]> {
  const parent = await repository.git('rev-parse', 'HEAD')
  const marks = join(repository.work, 'marks')
  const child = spawn('git', ['fast-import', '--quiet', `--export-marks=${marks}`], {
    cwd: repository.bare,
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  for (let mark = 1; mark <= pushes; mark += 1) {
    const from = mark === 1 ? parent : `:${mark - 1}`
    child.stdin.write(commitText(mark, from))
  }
  child.stdin.end()
  await once(child, 'close')
  const lines = (await readFile(marks, 'utf8')).trim().split('\n')
  const byMark = new Map(lines.map((line) => line.split(' ') as [string, string]))
  return Array.from({ length: pushes }, (_, index) => byMark.get(`:${index + 1}`) ?? '')
}

function commitText(mark: number, from: string): string {
  const [path = '', text = ''] = Object.entries(objectFiles('plain', [0], `p${mark}`))[0] ?? []
  const data = (value: string) => `data ${Buffer.byteLength(value)}\n${value}\n`
  return [
    `commit refs/heads/storm\nmark :${mark}\ncommitter Ada <ada@example.com> ${1_700_000_000 + mark} +0000\n`,
    data(`push ${mark}: ${nameOf(0)}`),
    `from ${from}\nM 100644 inline ${path}\n`,
    data(text),
  ].join('')
}
