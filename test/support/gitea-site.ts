import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { createInstanceClient } from '../../src/cli/instance-client.ts'
import type { ApplicationView } from '../../src/domain/application-view.ts'
import type { DeliveryOutcome } from '../../src/server/metrics.ts'
import { controlPlane, testNamespace } from './control-plane.ts'
import type { PostedStatus } from './fake-forge.ts'
import { type Instance, startInstance } from './instance.ts'
import type { GiteaRepository, RealGitea } from './real-gitea.ts'
import { until } from './until.ts'

/** How many deliveries came to what. */
type Outcomes = { readonly [outcome in DeliveryOutcome]?: number }

export interface GiteaSite {
  /** Of the namespace and the application. */
  readonly name: string
  readonly repository: GiteaRepository
  /** The repository's path in the API. */
  readonly api: string
  /** The one webhook of the repository from now on. */
  hook(hook: { events: readonly string[]; secret?: string }): Promise<{ id: number }>
  /** The first status of the commit that is not pending. */
  final(sha: string): Promise<PostedStatus>
  outcomes(): Promise<Outcomes>
  replicas(): Promise<string>
}

/** A running instance that deploys the repository acme/deploy, which has no commit yet. */
export async function giteaSite(t: Test, gitea: RealGitea): Promise<GiteaSite> {
  const plane = await controlPlane()
  const name = await testNamespace(t)
  const dir = await mkdtemp(join(tmpdir(), 'landfall-e2e-'))
  t.teardown(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }))
  const repository = await gitea.createRepository('deploy')
  const config = join(dir, 'landfall.yaml')
  const secret = randomUUID()
  await writeFile(
    config,
    JSON.stringify({
      server: { listen: '127.0.0.1:0', publicUrl: 'https://landfall.example.com' },
      dataDir: join(dir, 'data'),
      forges: {
        gitea: {
          type: 'gitea',
          url: gitea.url,
          webhookSecret: { env: 'SECRET' },
          token: { env: 'TOKEN' },
        },
      },
      clusters: { test: { kubeconfig: plane.kubeconfig } },
      applications: {
        [name]: {
          forge: 'gitea',
          repo: repository.url,
          branch: 'main',
          path: 'app',
          cluster: 'test',
          namespace: name,
          sync: { every: '1h' },
        },
      },
      security: { allowInsecureHttp: true },
    }),
  )
  t.teardown(() =>
    plane.kubectl(['delete', `configmap/landfall-${name}`, '--namespace=landfall-system']),
  )
  const env = { SECRET: secret, TOKEN: gitea.token }
  const instance = await startInstance({ config, env, args: [] })
  t.teardown(() => instance.kill('SIGKILL'))
  const client = createInstanceClient({ kind: 'socket', path: join(dir, 'data/landfall.sock') })
  await until('the empty repository is swept', async () => {
    const view = (await client.get(`/applications/${name}`)) as ApplicationView
    return view.phase === 'Failed'
  })
  const api = '/repos/acme/deploy'
  let current: number | undefined

  return {
    name,
    repository,
    api,
    outcomes: () => readOutcomes(instance),
    async hook({ events, secret: given = secret }) {
      if (current !== undefined) await gitea.api('DELETE', `${api}/hooks/${current}`)
      const url = `${instance.url}/webhooks/gitea`
      const config = { url, content_type: 'json', secret: given }
      const made = await gitea.api('POST', `${api}/hooks`, {
        type: 'gitea',
        active: true,
        events,
        config,
      })
      const { id } = made as { id: number }
      current = id
      return { id }
    },
    async final(sha) {
      let found: PostedStatus | undefined
      await until(`a final status of ${sha}`, async () => {
        const statuses = await repository.statuses(sha)
        found = statuses.find(({ state }) => state !== 'pending')
        return found !== undefined
      }).catch((error: unknown) => {
        throw new Error(instance.output(), { cause: error })
      })
      if (found === undefined) throw new Error('no status')
      return found
    },
    async replicas() {
      const path = 'jsonpath={.status.readyReplicas}'
      const get = ['get', 'deployment/task-agent', '-o', path, `--namespace=${name}`]
      return (await plane.kubectl(get)).trim()
    },
  }
}

async function readOutcomes({ url }: Instance): Promise<Outcomes> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const lines = text.matchAll(
    /^landfall_webhook_deliveries_total\{forge="gitea",outcome="(\w+)"\} (\d+)$/gm,
  )
  return Object.fromEntries(Array.from(lines, ([, outcome, count]) => [outcome, Number(count)]))
}
