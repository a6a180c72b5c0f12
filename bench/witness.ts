import { randomUUID } from 'node:crypto'
import { Agent, request } from 'undici'
import type { KubeObject } from '../src/domain/kube-object.ts'
import { controlPlane } from '../test/support/control-plane.ts'
import { testRedis } from '../test/support/redis.ts'
import { type WitnessSite, witnessSite } from '../test/support/witness-site.ts'
import { type BenchContext, type Benchmark, exactly, type Report } from './benchmark.ts'
import { sendEvenly } from './even-rate.ts'
import { cpuMs, residentMib } from './process-usage.ts'
import { median, percentile } from './statistics.ts'

const perSecond = 200
const seconds = 20

export const witness: Benchmark = {
  name: 'witness',
  title: `${perSecond} changes by hand a second for ${seconds} s, as the API server asks about them`,
  run,
}

async function run({ scope, program }: BenchContext): Promise<Report> {
  const redis = await testRedis(scope)
  const one = await witnessSite(scope, {
    program,
    file: { redis: { url: redis.url } },
    start: ['receiver', 'worker', 'watcher', 'witness'].map((role) => [`--role=${role}`]),
  })
  const process = one.instances[3]
  if (process === undefined) throw new Error('no witness was started')
  const ask = await createAsker(scope, one)
  for (let warm = 0; warm < 200; warm += 1) await ask(warm)
  const count = perSecond * seconds
  const before = await cpuMs(process.pid)
  const answers = await sendEvenly({ count, perSecond }, ask)
  const spentMs = (await cpuMs(process.pid)) - before
  const times = answers.map(({ ms }) => ms)
  return {
    rows: [
      {
        changes: count,
        'p50 ms': median(times),
        'p95 ms': percentile(times, 0.95),
        'p99 ms': percentile(times, 0.99),
        'max ms': Math.max(...times),
        'CPU ms each': spentMs / count,
        'RSS MiB': await residentMib(process.pid),
      },
    ],
    gates: [
      exactly(
        'changes answered with a warning',
        answers.filter(({ status }) => status === 200).length,
        count,
      ),
    ],
  }
}

/** Asks about one change of the Deployment's image, each time another one, as the API server does. */
async function createAsker(scope: BenchContext['scope'], { site }: WitnessSite) {
  const { kubectl } = await controlPlane()
  const read = async (...args: readonly string[]) =>
    JSON.parse(await kubectl(['get', ...args, '--output=json']))
  const configuration = await read('validatingwebhookconfiguration', 'landfall-witness')
  const { url, caBundle } = configuration.webhooks[0].clientConfig
  const ca = Buffer.from(caBundle, 'base64').toString()
  const dispatcher = new Agent({ connections: 32, connect: { ca } })
  scope.teardown(() => dispatcher.close())
  const live: KubeObject = await read(
    'deployment/task-agent',
    `--namespace=${site.name}`,
    '--show-managed-fields',
  )
  return async (index: number) => {
    const body = JSON.stringify(reviewOf(live, index))
    const headers = { 'content-type': 'application/json' }
    const answer = await request(url, { method: 'POST', headers, body, dispatcher })
    const { response } = (await answer.body.json()) as { response: { warnings?: string[] } }
    return { status: response.warnings === undefined ? 0 : answer.statusCode }
  }
}

function reviewOf(live: KubeObject, index: number) {
  const entries = live.metadata.managedFields ?? []
  const [ours, ...others] = entries.toSorted((a) => (a.manager === 'landfall' ? -1 : 1))
  const image = { 'f:spec': { 'f:replicas': {} } }
  const object = {
    ...live,
    metadata: {
      ...live.metadata,
      managedFields: [
        { ...ours, fieldsV1: { 'f:metadata': ours?.fieldsV1?.['f:metadata'] } },
        ...others,
        { manager: 'kubectl-edit', operation: 'Update', fieldsV1: image },
      ],
    },
    spec: { ...(live['spec'] as object), replicas: 4 + (index % 50) },
  }
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: randomUUID(),
      kind: { group: 'apps', version: 'v1', kind: 'Deployment' },
      resource: { group: 'apps', version: 'v1', resource: 'deployments' },
      name: live.metadata.name,
      namespace: live.metadata.namespace,
      operation: 'UPDATE',
      userInfo: { username: 'ann@example.com', groups: ['on-call'] },
      object,
      oldObject: live,
      options: { fieldManager: 'kubectl-edit' },
    },
  }
}
