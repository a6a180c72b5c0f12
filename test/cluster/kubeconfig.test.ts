import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { loadClusterAccess } from '../../src/cluster/kubeconfig.ts'

interface Kubeconfig {
  readonly user: Record<string, unknown>
  readonly cluster?: Record<string, unknown>
  readonly files?: Readonly<Record<string, string>>
}

function aKubeconfig(t: Test, { user, cluster = {}, files = {} }: Kubeconfig) {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server: 'https://10.0.0.1:6443/k8s/', ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [
      { name: 'prod', context: { cluster: 'c', user: 'u' } },
      { name: 'lost', context: { cluster: 'nowhere', user: 'u' } },
    ],
    'current-context': 'prod',
  }
  const dir = t.testdir({ config: JSON.stringify(config), ...files })
  const clock = { time: 0, now: () => clock.time }
  const load = (context?: string) =>
    loadClusterAccess(
      { name: 'prod', kind: 'kubeconfig', file: join(dir, 'config'), context },
      clock,
    )
  return { dir, clock, load }
}

test('server, path and certificates come from the context', async (t) => {
  const encoded = (text: string) => Buffer.from(text).toString('base64')
  const { load } = aKubeconfig(t, {
    user: { 'client-certificate-data': encoded('cert'), 'client-key': 'client.key' },
    cluster: { 'certificate-authority-data': encoded('ca'), 'tls-server-name': 'kube' },
    files: { 'client.key': 'key' },
  })

  const access = await load('prod')

  t.match(access, { origin: 'https://10.0.0.1:6443', basePath: '/k8s' })
  t.same(access.tls, {
    ca: Buffer.from('ca'),
    cert: Buffer.from('cert'),
    key: Buffer.from('key'),
    servername: 'kube',
  })
  t.equal(await access.authorization(), undefined)
})

test('a token is sent as it stands', async (t) => {
  const { load } = aKubeconfig(t, { user: { token: 'abc' } })

  t.equal(await (await load()).authorization(), 'Bearer abc')
})

test('R15: a token file is read again after ten seconds', async (t) => {
  const { load, clock, dir } = aKubeconfig(t, {
    user: { tokenFile: 'token' },
    files: { token: 'first\n' },
  })
  const access = await load()
  t.equal(await access.authorization(), 'Bearer first')
  await writeFile(join(dir, 'token'), 'second\n')

  clock.time += 9_000
  t.equal(await access.authorization(), 'Bearer first')
  clock.time += 1_000

  t.equal(await access.authorization(), 'Bearer second')
})

test('R25: a token file is read again after the clock was set back', async (t) => {
  const { load, clock, dir } = aKubeconfig(t, {
    user: { tokenFile: 'token' },
    files: { token: 'first\n' },
  })
  const access = await load()
  await writeFile(join(dir, 'token'), 'second\n')

  clock.time -= 3_600_000

  t.equal(await access.authorization(), 'Bearer second')
})

test('an exec plugin', async (t) => {
  const plugin = (token: string) => `#!/bin/sh
echo run >> "$(dirname "$0")/runs"
printf '%s' "$KUBERNETES_EXEC_INFO" > "$(dirname "$0")/info"
echo '{"kind":"ExecCredential","status":{"token":"${token}","expirationTimestamp":"2999-01-01T00:00:00Z"}}'
`
  const exec = (script: string) => ({
    apiVersion: 'client.authentication.k8s.io/v1',
    command: '/bin/sh',
    args: [script],
  })

  await t.test('runs once until its token expires, and is told its version', async (t) => {
    const dir = t.testdir({ plugin: plugin('from-plugin') })
    const script = join(dir, 'plugin')
    const { load, clock } = aKubeconfig(t, { user: { exec: exec(script) } })
    await writeFile(script, plugin('from-plugin'))

    const access = await load()
    for (let i = 0; i < 5; i += 1) {
      clock.time += 60_000
      t.equal(await access.authorization(), 'Bearer from-plugin')
    }

    t.equal(await readFile(`${dir}/runs`, 'utf8'), 'run\n')
    t.match(JSON.parse(await readFile(`${dir}/info`, 'utf8')), {
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
    })
  })

  await t.test('that fails is CLUSTER_UNAUTHENTICATED with its first line', async (t) => {
    const { load } = aKubeconfig(t, {
      user: { exec: { command: '/bin/sh', args: ['-c', 'echo sign in first >&2; exit 1'] } },
    })

    await t.rejects(load(), {
      code: 'CLUSTER_UNAUTHENTICATED',
      text: 'cluster prod: its credentials cannot be had: sign in first; try the same context with kubectl',
    })
  })
})

test('what the operator must mend is CONFIG_INVALID', async (t) => {
  const { load, dir } = aKubeconfig(t, { user: { token: 'abc' } })

  await t.rejects(load('staging'), {
    code: 'CONFIG_INVALID',
    text: 'cluster prod: no context "staging"; the kubeconfig has prod, lost',
  })
  await t.rejects(load('lost'), { code: 'CONFIG_INVALID', text: /no cluster/ })
  await writeFile(join(dir, 'config'), 'users: [{name: u, user: {token: canary-77\n')
  const error = await load().catch((thrown: unknown) => thrown)
  t.match(error, { code: 'CONFIG_INVALID', text: /is no readable kubeconfig/ })
  t.notMatch(String((error as Error).stack), 'canary-77')
})

test('a kubeconfig that impersonates is refused', async (t) => {
  const { load } = aKubeconfig(t, { user: { token: 'abc', as: 'somebody' } })

  await t.rejects(load(), { code: 'CONFIG_INVALID', text: /impersonates "somebody"/ })
})

test('inCluster outside a pod says so', async (t) => {
  await t.rejects(loadClusterAccess({ name: 'prod', kind: 'inCluster' }, { now: () => 0 }), {
    code: 'CONFIG_INVALID',
    text: /runs in no pod/,
  })
})
