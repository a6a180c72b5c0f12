import { test } from 'tap'
import { helm } from '../support/helm-options.ts'
import { syncBench } from '../support/sync-bench.ts'

const chart = {
  'app/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
  'app/values.yaml': 'level: info\n',
  'app/templates/secret.yaml': `apiVersion: v1
kind: Secret
metadata: {name: db}
stringData:
  password: {{ randAlphaNum 16 | quote }}
  level: {{ .Values.level }}
`,
  'app/templates/web.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 0
  selector: {matchLabels: {app: web}}
  template:
    metadata:
      labels: {app: web}
      annotations: {rollme: {{ randAlphaNum 5 | quote }}, date: {{ now | date "2006-01-02" | quote }}}
    spec:
      containers:
        - name: app
          image: registry/app:1
          env: [{name: SEED, value: {{ randNumeric 12 | quote }}}, {name: LEVEL, value: {{ .Values.level }}}]
`,
}

test('a chart that renders otherwise each time', async (t) => {
  const bench = await syncBench(t, helm())
  const secretOf = () => bench.kubectl('get', 'secret/db', '-o', 'jsonpath={.data.password}')
  const webOf = () =>
    bench.kubectl(
      'get',
      'deploy/web',
      '-o',
      'jsonpath={.metadata.generation} {.spec.template.metadata.annotations.rollme} {..env[0].value}',
    )
  const versions = () =>
    bench.kubectl('get', 'secret/db', 'deploy/web', '-o', 'jsonpath={..resourceVersion}')
  await bench.repository.commit(chart)
  const first = await bench.sync('push')
  const [password, web, written] = [await secretOf(), await webOf(), await versions()]

  await t.test('is told with its objects and fields', async (t) => {
    t.equal(first.record.phase, 'Succeeded', first.record.message)
    t.strictSame(first.status.warnings, first.record.warnings)
    t.match(first.record.warnings, [
      /secret\.yaml:1: Secret db: \/data\/password differ at every render/,
      /web\.yaml:1: Deployment web: .*rollme.*SEED|web\.yaml:1: Deployment web: .*\/env\/0\/value/,
    ])
  })

  await t.test('is Synced, and not written again by another process', async (t) => {
    for (const trigger of ['sweep', 'push', 'drift'] as const) {
      bench.restart()
      const { record, status } = await bench.sync(trigger)

      t.equal(status.syncStatus, 'Synced', trigger)
      t.strictSame([record.changes, record.drift], [[], []], trigger)
    }
    t.equal(await versions(), written)
  })

  await t.test('keeps its first values when something else is changed by hand', async (t) => {
    await bench.kubectl('scale', 'deploy/web', '--replicas=1')
    bench.restart()

    const { record } = await bench.sync('sweep')

    t.match(record.drift, [{ healed: true, fields: [{ path: '/spec/replicas' }] }])
    t.equal((await webOf()).replace(/^\d+/, ''), web.replace(/^\d+/, ''))
  })

  await t.test('keeps them when Git changes something else', async (t) => {
    bench.restart()
    await bench.repository.commit({ 'app/values.yaml': 'level: debug\n' })

    const { record } = await bench.sync('push')

    t.strictSame(record.changes.map(({ ref, action }) => `${ref.kind} ${action}`).toSorted(), [
      'Deployment configured',
      'Secret configured',
    ])
    t.equal(await secretOf(), password)
    t.equal((await webOf()).replace(/^\d+/, ''), web.replace(/^\d+/, ''))
    const level = await bench.kubectl('get', 'deploy/web', '-o', 'jsonpath={..env[1].value}')
    t.equal(level, 'debug')
  })

  await t.test('gets new ones for what was deleted, and for nothing else', async (t) => {
    await bench.kubectl('delete', 'secret/db')

    const { record } = await bench.sync('sweep')

    t.match(record.drift, [{ type: 'missing', healed: true }])
    t.match(Buffer.from(await secretOf(), 'base64').toString(), /^[A-Za-z0-9]{16}$/)
    t.not(await secretOf(), password)
    t.equal((await webOf()).replace(/^\d+/, ''), web.replace(/^\d+/, ''))
  })

  await t.test('gets one for a field that somebody took out', async (t) => {
    const patch = '--patch=[{"op":"remove","path":"/data/password"}]'
    await bench.kubectl('patch', 'secret/db', '--type=json', patch)

    const { record } = await bench.sync('sweep')

    t.match(record.drift, [
      { type: 'declared', healed: true, fields: [{ path: '/data/password' }] },
    ])
    t.match(Buffer.from(await secretOf(), 'base64').toString(), /^[A-Za-z0-9]{16}$/)
  })

  await t.test('leaves what somebody set in their place', async (t) => {
    await bench.kubectl('patch', 'secret/db', '--patch={"stringData":{"password":"chosen"}}')
    bench.restart()

    for (const trigger of ['sweep', 'push', 'sweep'] as const) {
      t.match(await bench.sync(trigger), {
        record: { drift: [] },
        status: { syncStatus: 'Synced' },
      })
    }

    t.equal(Buffer.from(await secretOf(), 'base64').toString(), 'chosen')
  })
})
