import { test } from 'tap'
import type { AuditEvent } from '../support/audit-trail.ts'
import { controlPlane } from '../support/control-plane.ts'
import { configMapYaml } from '../support/manifests.ts'
import { type SyncBench, syncBench } from '../support/sync-bench.ts'
import { urgentOnly } from '../support/wanted.ts'

const annotated = (yaml: string, annotations: Readonly<Record<string, string>>): string =>
  yaml.replace(
    /^ {2}name: .*\n/m,
    (line) => `${line}  annotations: ${JSON.stringify(annotations)}\n`,
  )

const deploymentYaml = (
  name: string,
  {
    testPod = '',
    annotations = {},
  }: { testPod?: string; annotations?: Record<string, string> } = {},
): string =>
  annotated(
    `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  replicas: 1
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}${testPod && `, landfall.dev/test-pod: ${testPod}`}}}
    spec: {containers: [{name: app, image: "registry.example/web:1"}]}
`,
    annotations,
  )

const wave = (n: number) => ({ 'landfall.dev/wave': String(n) })
const on = (namespace: string, name: string) => ({
  'landfall.dev/depends-on': `apps/namespaces/${namespace}/Deployment/${name}`,
})
const names = (bench: SyncBench, kind: string) =>
  bench.kubectl('get', kind, '-o', 'jsonpath={.items[*].metadata.name}')

const isWrite = ({ verb, requestURI, userAgent }: AuditEvent): boolean =>
  userAgent?.startsWith('landfall/') === true &&
  ['patch', 'delete'].includes(verb) &&
  !requestURI.includes('dryRun=')

/** Changes of this application's objects by Landfall, oldest first: `patch c1`. */
const writesIn = (namespace: string, events: readonly AuditEvent[]): string[] =>
  events
    .filter((event) => isWrite(event) && event.objectRef?.namespace === namespace)
    .map(({ verb, objectRef }) => `${verb} ${objectRef?.name}`)

test('waves', async (t) => {
  await t.test('a wave begins when the one before it is healthy', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit({
      'app/b.yaml': annotated(configMapYaml('b'), wave(1)),
      'app/db.yaml': deploymentYaml('db'),
      'app/a.yaml': annotated(configMapYaml('a'), { 'argocd.argoproj.io/sync-wave': '-1' }),
    })
    const trail = await (await controlPlane()).audit()

    const { record } = await bench.sync('push')

    t.equal(record.phase, 'Succeeded', record.message)
    t.strictSame(writesIn(bench.namespace, await trail.events()), [
      'patch a',
      'patch db',
      'patch b',
    ])
    const made = await bench.kubectl('get', 'cm', 'b', '-o', 'jsonpath={..creationTimestamp}')
    const available = await bench.kubectl(
      'get',
      'deploy',
      'db',
      '-o',
      'jsonpath={.status.conditions[?(@.type=="Available")].lastTransitionTime}',
    )
    t.ok(made >= available, `b was made ${made}, db available ${available}`)
  })

  await t.test('what never becomes healthy keeps later waves back, and says so', async (t) => {
    const bench = await syncBench(t, { sync: { timeoutMs: 2_000 } as never })
    await bench.repository.commit({
      'app/b.yaml': annotated(configMapYaml('b'), wave(1)),
      'app/db.yaml': deploymentYaml('db', { testPod: 'never-ready' }),
    })

    const { record, retry } = await bench.sync('push')

    t.match(record, { phase: 'Failed', failure: { code: 'HEALTH_TIMEOUT' } }, record.message)
    t.match(record.message, /^Deployment .*\/db: .*; 1 object waits for it and was not written$/)
    t.match(record.changes, [{ ref: { name: 'db' }, action: 'created' }, { action: 'skipped' }])
    t.equal(retry, undefined)
    t.equal(await names(bench, 'cm'), 'kube-root-ca.crt')

    await bench.repository.commit({ 'app/db.yaml': deploymentYaml('db') })
    const next = await bench.sync('push')
    t.equal(next.record.phase, 'Succeeded', next.record.message)
    t.match(await names(bench, 'cm'), /^b /)
  })

  await t.test('a newer commit ends the wait for a wave', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit({
      'app/b.yaml': annotated(configMapYaml('b'), wave(1)),
      'app/db.yaml': deploymentYaml('db', { testPod: 'never-ready' }),
    })
    const wanted = new AbortController()
    const syncing = bench.sync('push', { wantedAgain: urgentOnly(wanted.signal) })
    await bench.kubectl('wait', '--for=create', '--timeout=30s', 'deploy/db')
    const sha = await bench.repository.commit({ 'app/db.yaml': deploymentYaml('db') })

    wanted.abort()
    const { record, status } = await syncing

    t.equal(record.phase, 'Superseded', record.message)
    t.equal(status.syncStatus, 'OutOfSync')
    t.equal(await names(bench, 'cm'), 'kube-root-ca.crt')
    const next = await bench.sync('push')
    t.match(next.record, { phase: 'Succeeded', revision: sha }, next.record.message)
  })
})

test('depends-on', async (t) => {
  await t.test('R14: a failed object stops only what depends on it', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit({
      'app/db.yaml': deploymentYaml('db', { testPod: 'crash-loop' }),
      'app/web.yaml': deploymentYaml('web', { annotations: on(bench.namespace, 'db') }),
      'app/other.yaml': deploymentYaml('other'),
      'app/c.yaml': configMapYaml('c'),
    })

    const { record } = await bench.sync('push')

    t.equal(record.failure?.code, 'HEALTH_DEGRADED', record.message)
    t.equal(await names(bench, 'deploy'), 'db other')
    const skipped = record.changes.find(({ action }) => action === 'skipped')
    t.match(skipped, { ref: { name: 'web' }, message: /web waits for Deployment .*\/db: / })
  })

  await t.test('an object that is there and healthy is not waited for', async (t) => {
    const bench = await syncBench(t)
    const web = deploymentYaml('web', { annotations: on(bench.namespace, 'db') })
    await bench.repository.commit({ 'app/db.yaml': deploymentYaml('db'), 'app/web.yaml': web })
    await bench.sync('push')
    await bench.repository.commit({ 'app/web.yaml': web.replace('web:1', 'web:2') })

    const { record } = await bench.sync('push')

    t.equal(record.phase, 'Succeeded', record.message)
    t.equal(record.counts.configured, 1)
  })

  await t.test(
    'one that is there and unwell is not the fault of the commit: it is tried again',
    async (t) => {
      const bench = await syncBench(t)
      const web = deploymentYaml('web', { annotations: on(bench.namespace, 'db') })
      await bench.repository.commit({ 'app/db.yaml': deploymentYaml('db'), 'app/web.yaml': web })
      await bench.sync('push')
      await bench.kubectl('delete', 'deploy', 'db')
      await bench.repository.commit({ 'app/web.yaml': web.replace('web:1', 'web:2') })

      const { record, retry, failedRevision } = await bench.sync('push')

      t.equal(record.failure?.code, 'HEALTH_DEGRADED', record.message)
      t.strictSame([retry, failedRevision], [{ kind: 'backoff' }, undefined])
      const { record: swept } = await bench.sync('sweep')
      t.equal(swept.phase, 'Succeeded', swept.message)
      t.equal(swept.counts.configured, 1)
    },
  )

  await t.test('a circle is refused with the places of both, and nothing is written', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit({
      'app/a.yaml': deploymentYaml('a', { annotations: on(bench.namespace, 'b') }),
      'app/b.yaml': deploymentYaml('b', { annotations: on(bench.namespace, 'a') }),
    })

    const { record } = await bench.sync('push')

    t.equal(record.failure?.code, 'PLAN_ORDER_INVALID')
    t.match(
      record.message,
      /^app\/a\.yaml:1: .*\/a and .*\/b \(app\/b\.yaml:1\) wait for each other/,
    )
    t.equal(await names(bench, 'deploy'), '')
  })

  await t.test('what depended on another is deleted, and gone, before it', async (t) => {
    const bench = await syncBench(t)
    const db = annotated(configMapYaml('db'), {})
    const web = annotated(configMapYaml('web'), {
      'config.kubernetes.io/depends-on': `/namespaces/${bench.namespace}/ConfigMap/db`,
    })
    await bench.repository.commit({
      'app/a.yaml': db,
      'app/b.yaml': web,
      'app/keep.yaml': configMapYaml('keep'),
    })
    await bench.sync('push')
    await bench.repository.commit({ 'app/a.yaml': null, 'app/b.yaml': null })
    const trail = await (await controlPlane()).audit()

    const { record } = await bench.sync('push')

    t.equal(record.phase, 'Succeeded', record.message)
    t.strictSame(writesIn(bench.namespace, await trail.events()), ['delete web', 'delete db'])
  })
})

test('a webhook configuration comes last, and is deleted first', async (t) => {
  const bench = await syncBench(t, {
    allow: { namespaces: ['*'], clusterKinds: ['*'], denyKinds: [] },
  })
  const { namespace } = bench
  const webhook = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: namespace },
    webhooks: [],
  }
  t.teardown(() => bench.kubectl('delete', webhook.kind, namespace, '--ignore-not-found'))
  const ordered = async () => {
    const trail = await (await controlPlane()).audit()
    const { record } = await bench.sync('push')
    t.equal(record.phase, 'Succeeded', record.message)
    const names = [namespace, 'web', 'c']
    // Other tests have objects of these names, in namespaces of theirs.
    const isOurs = ({ objectRef }: AuditEvent) =>
      names.includes(objectRef?.name ?? '') && [undefined, namespace].includes(objectRef?.namespace)
    return (await trail.events())
      .filter((event) => isWrite(event) && isOurs(event))
      .map(({ verb, objectRef }) => `${verb} ${objectRef?.resource}`)
  }
  await bench.repository.commit({
    'app/a.yaml': JSON.stringify(webhook),
    'app/c.yaml': configMapYaml('c'),
    'app/web.yaml': deploymentYaml('web'),
    'app/keep.yaml': configMapYaml('keep'),
  })

  const written = await ordered()

  t.equal(written.pop(), 'patch validatingwebhookconfigurations')
  t.strictSame(written.toSorted(), ['patch configmaps', 'patch deployments'])

  await bench.repository.commit({ 'app/a.yaml': null, 'app/c.yaml': null, 'app/web.yaml': null })
  const [first, ...others] = await ordered()

  t.equal(first, 'delete validatingwebhookconfigurations')
  t.strictSame(others.toSorted(), ['delete configmaps', 'delete deployments'])
})
