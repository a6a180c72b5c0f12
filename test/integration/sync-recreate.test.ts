import { test } from 'tap'
import { controlPlane } from '../support/control-plane.ts'
import { namesOf, uidOf } from '../support/hook-bench.ts'
import { hookJobYaml } from '../support/hook-yaml.ts'
import { configMapYaml } from '../support/manifests.ts'
import { syncBench } from '../support/sync-bench.ts'

const recreate = { 'landfall.dev/force': 'recreate' }

interface Workload {
  readonly kind?: 'Deployment' | 'StatefulSet'
  readonly app?: string
  readonly annotations?: Readonly<Record<string, string>>
  readonly spec?: Readonly<Record<string, unknown>>
}

/** Its selector is its app: another one is another object. */
function workloadYaml({
  kind = 'Deployment',
  app = 'a',
  annotations = {},
  spec = {},
}: Workload): string {
  return `${JSON.stringify({
    apiVersion: 'apps/v1',
    kind,
    metadata: { name: 'web', annotations },
    spec: {
      replicas: 1,
      ...(kind === 'StatefulSet' ? { serviceName: 'a' } : {}),
      selector: { matchLabels: { app } },
      template: {
        metadata: { labels: { app } },
        spec: { containers: [{ name: 'web', image: 'registry.example/web:1' }] },
      },
      ...spec,
    },
  })}\n`
}

test('R14: a field that cannot be changed', async (t) => {
  await t.test('where the object asks for it, it is deleted and made anew', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit({ 'app/web.yaml': workloadYaml({ annotations: recreate }) })
    await bench.sync('push')
    const uid = await uidOf(bench, 'deploy/web')
    const changed = workloadYaml({ annotations: recreate, app: 'b' })
    await bench.repository.commit({ 'app/web.yaml': changed })

    const { record } = await bench.sync('push')

    t.equal(record.phase, 'Succeeded', record.message)
    t.match(record.changes, [
      {
        action: 'configured',
        message: /^deleted and made anew: .*spec\.selector: field is immutable/,
      },
    ])
    t.not(await uidOf(bench, 'deploy/web'), uid)
    t.ok((await bench.sync('sweep')).quiet)
  })

  await t.test('where it does not, nothing is written, and how to ask is said', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit({ 'app/web.yaml': workloadYaml({}) })
    await bench.sync('push')
    await bench.repository.commit({
      'app/web.yaml': workloadYaml({ app: 'b' }),
      'app/c.yaml': configMapYaml('c'),
    })

    const { record } = await bench.sync('push')

    t.equal(record.failure?.code, 'PLAN_REJECTED', record.message)
    t.match(record.message, /immutable; .*annotate the object with landfall\.dev\/force: recreate/)
    t.equal(await namesOf(bench, 'cm'), 'kube-root-ca.crt')
  })

  await t.test('an object that could not be made anew is not deleted', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit({ 'app/web.yaml': workloadYaml({ annotations: recreate }) })
    await bench.sync('push')
    const uid = await uidOf(bench, 'deploy/web')
    await bench.kubectl('create', 'quota', 'few', '--hard=count/deployments.apps=1')
    await bench.repository.commit({
      'app/web.yaml': workloadYaml({ annotations: recreate, app: 'b' }),
    })

    const { record } = await bench.sync('push')

    t.equal(record.failure?.code, 'PLAN_REJECTED', record.message)
    t.match(record.message, /quota/)
    t.equal(await uidOf(bench, 'deploy/web'), uid)
  })

  await t.test('an object that could not be made anew is told by its own name', async (t) => {
    const bench = await syncBench(t)
    const service = (spec: Readonly<Record<string, unknown>>) =>
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web', annotations: recreate },
        spec: { ports: [{ port: 80 }], ...spec },
      })
    await bench.repository.commit({ 'app/web.yaml': service({}) })
    await bench.sync('push')
    const taken = await bench.kubectl('get', 'svc', 'web', '-o', 'jsonpath={.spec.clusterIP}')
    await bench.kubectl('delete', 'svc', 'web')
    await bench.kubectl('create', 'svc', 'clusterip', 'other', `--clusterip=${taken}`, '--tcp=80')
    await bench.sync('sweep')
    await bench.repository.commit({ 'app/web.yaml': service({ clusterIP: taken }) })

    const { record } = await bench.sync('push')

    t.equal(record.phase, 'Failed')
    t.match(record.message, /^services web: spec\.clusterIPs: .*provided IP is already allocated/)
    t.notMatch(JSON.stringify(record), /-dry-run/)
  })

  await t.test('a Service keeps its node port over a new address', async (t) => {
    const bench = await syncBench(t)
    const service = (clusterIP: string, nodePort: number) =>
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web', annotations: recreate },
        spec: {
          type: 'NodePort',
          ports: [{ port: 80, ...(nodePort > 0 && { nodePort }) }],
          ...(clusterIP !== '' && { clusterIP }),
        },
      })
    // An address that is free: one that was given a moment ago and given back.
    const address = async () => {
      await bench.kubectl('create', 'svc', 'clusterip', 'probe', '--tcp=80')
      const ip = await bench.kubectl('get', 'svc', 'probe', '-o', 'jsonpath={.spec.clusterIP}')
      await bench.kubectl('delete', 'svc', 'probe')
      return ip
    }
    await bench.repository.commit({ 'app/web.yaml': service('', 0) })
    await bench.sync('push')
    const port = await bench.kubectl('get', 'svc', 'web', '-o', 'jsonpath={..nodePort}')
    await bench.repository.commit({ 'app/web.yaml': service('', Number(port)) })
    t.equal((await bench.sync('push')).record.phase, 'Succeeded')
    const wanted = await address()
    await bench.repository.commit({ 'app/web.yaml': service(wanted, Number(port)) })

    const { record } = await bench.sync('push')

    t.equal(record.phase, 'Succeeded', record.message)
    const now = ['get', 'svc', 'web', '-o', 'jsonpath={.spec.clusterIP} {..nodePort}']
    t.equal(await bench.kubectl(...now), `${wanted} ${port}`)
  })

  await t.test('a Job is run again without being asked', async (t) => {
    const bench = await syncBench(t)
    const job = (image: string) => hookJobYaml({ name: 'import', annotations: {}, image })
    await bench.repository.commit({ 'app/job.yaml': job('import:1') })
    await bench.sync('push')
    const uid = await uidOf(bench, 'job/import')
    await bench.repository.commit({ 'app/job.yaml': job('import:2') })

    const { record } = await bench.sync('push')

    t.match(record, { phase: 'Succeeded', health: 'Healthy' }, record.message)
    t.not(await uidOf(bench, 'job/import'), uid)
  })

  await t.test("a StatefulSet's pods stay and are taken over", async (t) => {
    const bench = await syncBench(t)
    const kind = 'StatefulSet'
    const set = { kind, annotations: { 'kustomize.toolkit.fluxcd.io/force': 'enabled' } } as const
    await bench.repository.commit({ 'app/web.yaml': workloadYaml(set) })
    await bench.sync('push')
    const [uid, pod] = [await uidOf(bench, 'sts/web'), await uidOf(bench, 'pod/web-0')]
    const renamed = workloadYaml({ ...set, spec: { serviceName: 'b' } })
    await bench.repository.commit({ 'app/web.yaml': renamed })

    const { record } = await bench.sync('push')

    t.equal(record.phase, 'Succeeded', record.message)
    t.not(await uidOf(bench, 'sts/web'), uid)
    t.equal(await uidOf(bench, 'pod/web-0'), pod)
  })

  await t.test('what holds data is never deleted, whatever it asks for', async (t) => {
    const bench = await syncBench(t)
    const claim = (storageClassName: string) =>
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'data', annotations: recreate },
        spec: {
          storageClassName,
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: '1Gi' } },
        },
      })
    await bench.repository.commit({ 'app/data.yaml': claim('') })
    await bench.sync('push', { signal: AbortSignal.timeout(2_000) })
    const uid = await uidOf(bench, 'pvc/data')
    await bench.repository.commit({ 'app/data.yaml': claim('other') })

    const { record } = await bench.sync('push')

    t.equal(record.failure?.code, 'PLAN_REJECTED', record.message)
    t.match(record.message, /a PersistentVolumeClaim is never deleted for that/)
    t.equal(await uidOf(bench, 'pvc/data'), uid)
    t.ok(uid)
  })

  await t.test('an object that was never ours is not deleted', async (t) => {
    const bench = await syncBench(t)
    const plane = await controlPlane()
    const mine = workloadYaml({}).replace(
      '"name":"web"',
      `"name":"web","namespace":"${bench.namespace}"`,
    )
    await plane.kubectl(['create', '-f', '-'], mine)
    const uid = await uidOf(bench, 'deploy/web')
    await bench.repository.commit({
      'app/web.yaml': workloadYaml({ annotations: recreate, app: 'b' }),
    })

    const { record } = await bench.sync('push')

    t.match(record.message, /it was not made by this application and is not deleted/)
    t.equal(await uidOf(bench, 'deploy/web'), uid)
  })
})

test('what is being deleted', async (t) => {
  const hold = JSON.stringify({ metadata: { finalizers: ['example.com/hold'] } })
  const release = JSON.stringify({ metadata: { finalizers: null } })

  await t.test('is waited for, and made anew when it is gone', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit({ 'app/c.yaml': configMapYaml('c') })
    await bench.sync('push')
    await bench.kubectl('patch', 'cm', 'c', '--type=merge', '-p', hold)
    await bench.kubectl('delete', 'cm', 'c', '--wait=false')
    const uid = await uidOf(bench, 'cm/c')
    await bench.repository.commit({ 'app/c.yaml': configMapYaml('c', { a: '2' }) })
    const trail = await (await controlPlane()).audit()

    const syncing = bench.sync('push')
    await bench.kubectl(
      'wait',
      '--for=jsonpath={.metadata.deletionTimestamp}',
      'cm/c',
      '--timeout=10s',
    )
    await bench.kubectl('patch', 'cm', 'c', '--type=merge', '-p', release)
    const { record } = await syncing

    t.equal(record.phase, 'Succeeded', record.message)
    t.not(await uidOf(bench, 'cm/c'), uid)
    t.equal(await bench.kubectl('get', 'cm', 'c', '-o', 'jsonpath={.data.a}'), '2')
    const writes = (await trail.events()).filter(
      ({ verb, requestURI, objectRef, userAgent }) =>
        verb === 'patch' &&
        objectRef?.namespace === bench.namespace &&
        userAgent?.startsWith('landfall/') === true &&
        !requestURI.includes('dryRun='),
    )
    t.equal(writes.length, 1, 'nothing was written onto the one that went')
  })

  await t.test('a namespace of the same commit is waited for with what is in it', async (t) => {
    const plane = await controlPlane()
    const bench = await syncBench(t, {
      allow: { namespaces: ['*'], clusterKinds: ['Namespace'], denyKinds: [] },
    })
    const other = `${bench.namespace}-b`
    const namespace = `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${other}}\n`
    t.teardown(() => plane.kubectl(['delete', 'ns', other, '--ignore-not-found', '--wait=false']))
    const inOther = ['-n', other, 'cm', 'held']
    await plane.kubectl(['create', 'ns', other])
    await plane.kubectl(['create', 'cm', 'held', '-n', other])
    await plane.kubectl(['patch', ...inOther, '--type=merge', '-p', hold])
    await plane.kubectl(['delete', 'ns', other, '--wait=false'])
    await bench.repository.commit({
      'app/ns.yaml': namespace,
      'app/c.yaml': configMapYaml('c').replace('  name: c\n', `  name: c\n  namespace: ${other}\n`),
    })

    const syncing = bench.sync('push')
    await plane.kubectl(['wait', '--for=delete', `ns/${other}`, '--timeout=1s']).catch(() => 'held')
    await plane.kubectl(['patch', ...inOther, '--type=merge', '-p', release])
    const { record } = await syncing

    t.equal(record.phase, 'Succeeded', record.message)
    t.match(await plane.kubectl(['get', 'cm', '-n', other, '-o', 'name']), 'configmap/c')
  })
})
