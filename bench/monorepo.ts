import { controlPlane } from '../test/support/control-plane.ts'
import type { Files } from '../test/support/git-repository.ts'
import { testRedis } from '../test/support/redis.ts'
import { type Site, testSite } from '../test/support/site.ts'
import { until } from '../test/support/until.ts'
import { atMost, type BenchContext, type Benchmark, type Report } from './benchmark.ts'
import { cpuMs } from './process-usage.ts'
import { median } from './statistics.ts'

const applications = 50
const filesOfEach = 20
/** Its inventory, which it may have to read once more. */
const requestsOfOne = 2

const indexes = Array.from({ length: applications }, (_, index) => index)

export const monorepo: Benchmark = {
  name: 'monorepo',
  title: `${applications} kustomize applications of one repository, until each has seen the commit`,
  run,
}

/** Pushed to all, and how many of the applications it changes. */
const changes = {
  'a file beside them': (round: string): Files => ({ 'README.md': round }),
  'one of them': (round: string): Files => ({ 'apps/t7/own.yaml': configMap('own', round) }),
  'their base': (round: string): Files => ({ 'base/base.yaml': configMap('base', round) }),
}

interface Measured {
  readonly ms: number
  readonly cpu: number
  readonly requests: number
}

async function run({ rounds, scope, program }: BenchContext): Promise<Report> {
  const { url } = await testRedis(scope)
  const site = await testSite(scope, {
    program,
    keys: { redis: { url } },
    applications: Object.fromEntries(
      indexes.map((index) => [
        `t${index}`,
        { path: `apps/t${index}`, render: { type: 'kustomize' } },
      ]),
    ),
  })
  const receiver = await site.start('--role', 'receiver')
  const { pid } = await site.start('--role', 'worker', '--listen', '127.0.0.1:0')
  await seen(site, await site.push(receiver, allFiles()))
  const rows = []
  const gates = []
  for (const [changed, filesOf] of Object.entries(changes)) {
    const measured: Measured[] = []
    for (let round = 0; round < rounds; round += 1) {
      const trail = await (await controlPlane()).audit()
      const [cpuBefore, startedAt] = [await cpuMs(pid), performance.now()]
      await seen(site, await site.push(receiver, filesOf(`r${round}`)))
      const ms = performance.now() - startedAt
      const events = (await trail.events()).filter(
        ({ verb, userAgent = '' }) => verb !== 'watch' && userAgent.startsWith('landfall/'),
      )
      measured.push({ ms, cpu: (await cpuMs(pid)) - cpuBefore, requests: events.length })
    }
    const medianOf = (key: keyof Measured) => median(measured.map((one) => one[key]))
    rows.push({
      changed,
      'p50 ms': medianOf('ms'),
      'CPU ms of the worker': medianOf('cpu'),
      requests: medianOf('requests'),
    })
    if (changed === 'a file beside them') {
      gates.push(atMost('requests', medianOf('requests'), applications * requestsOfOne))
    }
  }
  return { rows, gates }
}

async function seen(site: Site, sha: string): Promise<void> {
  for (const index of indexes) {
    await until(`application ${index} has seen ${sha}`, async () => {
      const { revision, phase } = await site.application(`${site.name}-t${index}`)
      return revision === sha && phase !== 'Running'
    })
  }
}

function allFiles(): Files {
  const files: Record<string, string> = {
    'base/kustomization.yaml': 'resources: [base.yaml]\n',
    'base/base.yaml': configMap('base', 'r'),
  }
  for (const index of indexes) {
    const folder = `apps/t${index}`
    files[`${folder}/kustomization.yaml`] =
      `namePrefix: t${index}-\nresources: [../../base, own.yaml]\n`
    files[`${folder}/own.yaml`] = configMap('own', 'r')
    for (let other = 2; other < filesOfEach; other += 1) {
      files[`${folder}/other/${other}.yaml`] = configMap(`other-${other}`, 'r')
    }
  }
  return files
}

function configMap(name: string, value: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {value: ${value}}\n`
}
