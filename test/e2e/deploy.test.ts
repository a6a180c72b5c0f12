import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { loadConfig } from '../../src/config/load-config.ts'
import { type Role, roles } from '../../src/domain/role.ts'
import { runTool } from '../support/run-tool.ts'
import { copyDeploy } from '../support/shipped-deploy.ts'
import { throwawayControlPlane } from '../support/throwaway.ts'
import { until } from '../support/until.ts'

interface Pod {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> }
  readonly spec: {
    readonly automountServiceAccountToken: boolean
    readonly serviceAccountName: string
    readonly securityContext: Readonly<Record<string, unknown>>
    readonly containers: readonly Readonly<Record<string, unknown>>[]
    readonly volumes: readonly Readonly<Record<string, unknown>>[]
  }
}

const component = ({ metadata }: Pod) => metadata.labels['app.kubernetes.io/component'] ?? ''
const volumesOf = ({ spec }: Pod, kind: string) =>
  spec.volumes.flatMap((volume) => (kind in volume ? [volume[kind]] : []))

test('kubectl apply -k deploy, on an empty cluster', { timeout: 170_000 }, async (t) => {
  const folder = await copyDeploy(t)
  const stack = await throwawayControlPlane()
  t.teardown(() => stack.stop())
  const kubectl = async (...args: readonly string[]) => {
    const env = { KUBECONFIG: stack.kubeconfig, PATH: process.env['PATH'], HOME: '/nonexistent' }
    const { code, output } = await runTool('.', [stack.kubectl, ...args], env)
    if (code !== 0) throw new Error(output)
    return output.trim()
  }
  const inSystem = (...args: readonly string[]) => kubectl('--namespace=landfall-system', ...args)
  const said = await kubectl('apply', '-k', folder)
  const pods = async () =>
    (JSON.parse(await inSystem('get', 'pods', '-o', 'json')) as { items: readonly Pod[] }).items

  await t.test('makes everything at the first go, without a warning', async (t) => {
    const lines = said.split('\n')

    t.ok(lines.length > 20, `${lines.length} objects`)
    t.strictSame(
      lines.filter((line) => !line.endsWith(' created')),
      [],
    )
  })

  await t.test('F4: all pods are admitted where Pod Security is restricted', async (t) => {
    await until('all pods are there', async () => (await pods()).length === 7)

    const careless = ['run', 'shell', '--image=busybox', '--dry-run=server']
    await t.rejects(inSystem(...careless), { message: /violates PodSecurity "restricted/ })
    t.strictSame((await pods()).map(component).toSorted(), [
      'receiver',
      'receiver',
      'redis',
      'watcher',
      'watcher',
      'worker',
      'worker',
    ])
  })

  await t.test('F4: each container is confined, limited and probed', async (t) => {
    for (const pod of await pods()) {
      const user = component(pod) === 'redis' ? 999 : 65_532
      t.match(pod.spec.securityContext, { runAsNonRoot: true, runAsUser: user, fsGroup: user })
      t.match(pod.spec.containers, [
        {
          securityContext: { readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
          resources: { limits: { memory: /./ }, requests: { cpu: /./, memory: /./ } },
          startupProbe: {},
          livenessProbe: {},
          readinessProbe: {},
        },
      ])
      t.ok(volumesOf(pod, 'emptyDir').every((dir) => Object(dir).sizeLimit !== undefined))
    }
  })

  await t.test(
    'F4: worker and watcher alone have a token, and each role its own secrets',
    async (t) => {
      const seen = new Map<string, unknown>()
      for (const pod of await pods()) {
        const secrets = volumesOf(pod, 'secret').map((secret) =>
          String(Object(secret).secretName).replace(/-\w{10}$/, ''),
        )
        seen.set(component(pod), { token: pod.spec.automountServiceAccountToken, secrets })
      }

      t.strictSame(Object.fromEntries(seen), {
        receiver: { token: false, secrets: ['landfall-receiver'] },
        worker: { token: true, secrets: ['landfall-worker'] },
        watcher: { token: true, secrets: ['landfall-watcher'] },
        redis: { token: false, secrets: ['landfall-redis'] },
      })
    },
  )

  await t.test('E2: receiver and Redis may do nothing in the cluster', async (t) => {
    const rightsOf = (name: string, ...where: readonly string[]) => {
      const as = `--as=system:serviceaccount:landfall-system:${name}`
      return kubectl('auth', 'can-i', '--list', as, ...where)
    }
    for (const namespace of ['landfall-system', 'task-agent', 'default']) {
      const where = `--namespace=${namespace}`
      const none = await rightsOf('nobody', where)
      for (const name of ['landfall-receiver', 'landfall-redis']) {
        t.equal(await rightsOf(name, where), none)
      }
    }
    t.not(
      await rightsOf('landfall-worker', '--namespace=task-agent'),
      await rightsOf('nobody', '--namespace=task-agent'),
    )
  })

  await t.test('a drain waits for the second one of each role', async (t) => {
    const allowed = () =>
      inSystem('get', 'pdb', '-o', 'jsonpath={range .items[*]}{.status.expectedPods} {end}')

    await until('the budgets know their pods', async () => (await allowed()) === '2 2 2')
    t.pass()
  })

  await t.test('its landfall.yaml is valid for each role', async (t) => {
    // Each role finds its own secrets, as its pod does, and no others.
    const secretsOf = {
      receiver: ['redis-url', 'webhook-secret'],
      worker: ['redis-url', 'forge-token'],
      watcher: ['redis-url'],
      witness: ['redis-url'],
    } as const satisfies Readonly<Record<Role, readonly string[]>>
    const text = readFileSync(join(folder, 'landfall.yaml'), 'utf8')
    for (const role of roles) {
      const read = (name: string) => readFileSync(join(folder, 'secrets', name), 'utf8')
      const cwd = t.testdir({
        'landfall.yaml': text.replaceAll('/run/secrets/landfall', './secrets'),
        secrets: Object.fromEntries(secretsOf[role].map((name) => [name, read(name)])),
      })

      const loaded = await loadConfig({ file: 'landfall.yaml', cwd, env: {}, role })

      t.match(loaded, { kind: 'ok', warnings: [] })
    }
  })
})

test('examples/compose/landfall.yaml is valid', async (t) => {
  const text = readFileSync('examples/compose/landfall.yaml', 'utf8')
  const secret = 'a-secret-of-32-characters-in-a-file'
  const cwd = t.testdir({
    'landfall.yaml': text.replaceAll('/run/secrets', './secrets'),
    secrets: { 'webhook-secret': secret, 'forge-token': secret, kubeconfig: '{}' },
  })

  t.match(await loadConfig({ file: 'landfall.yaml', cwd, env: {} }), { kind: 'ok', warnings: [] })
})

test('the image that is built is the one that deploy/ and docker-compose.yml run', async (t) => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
  const redis = /image: (redis:\S+)/.exec(readFileSync('docker-compose.yml', 'utf8'))?.[1]

  t.match(readFileSync('docker-compose.yml', 'utf8'), `image: landfall:${version}\n`)
  t.match(readFileSync('deploy/kustomization.yaml', 'utf8'), `newTag: ${version}\n`)
  t.match(readFileSync('deploy/redis.yaml', 'utf8'), `image: ${redis}\n`)
  t.match(redis, /^redis:\d/)
})
