import { test } from 'tap'
import { exampleFiles } from '../support/example-files.ts'
import { hookJobYaml } from '../support/hook-yaml.ts'
import { configMapFiles, configMapYaml } from '../support/manifests.ts'
import { syncBench } from '../support/sync-bench.ts'

test('the four drift stories', async (t) => {
  const bench = await syncBench(t)
  await bench.repository.commit(await exampleFiles('task-agent/plain'))
  await bench.sync('push')
  const get = (path: string) =>
    bench.kubectl('get', 'deployment/task-agent', '-o', `jsonpath={${path}}`)

  await t.test('someone scales a Deployment: back to what Git says, and by whom', async (t) => {
    await bench.kubectl('scale', 'deployment/task-agent', '--replicas=5')

    const { record } = await bench.sync('sweep')

    t.equal(await get('.spec.replicas'), '3')
    t.match(record.drift, [
      {
        type: 'declared',
        healed: true,
        offender: { manager: 'kubectl' },
        fields: [{ path: '/spec/replicas', desired: 3, live: 5 }],
      },
    ])
  })

  await t.test("someone runs kubectl set image: back to Git's image", async (t) => {
    await bench.kubectl('set', 'image', 'deployment/task-agent', 'agent=other:1')

    const { record } = await bench.sync('sweep')

    const image = 'myregistry.azurecr.io/task-agent:sha-abc123'
    t.equal(await get('..image'), image)
    t.match(record.drift, [
      {
        type: 'declared',
        healed: true,
        offender: { manager: 'kubectl-set' },
        fields: [{ desired: image, live: 'other:1' }],
      },
    ])
  })

  await t.test('someone adds an env var to the pod template: removed', async (t) => {
    await bench.kubectl('set', 'env', 'deployment/task-agent', 'DEBUG=true')

    const { record } = await bench.sync('sweep')

    t.notMatch(await get('..env'), 'DEBUG')
    t.match(record.drift, [{ type: 'extra', healed: true, offender: { manager: 'kubectl-set' } }])
  })

  await t.test('someone deletes a Service: recreated, and no author is claimed', async (t) => {
    await bench.kubectl('delete', 'service/task-agent')

    const { record } = await bench.sync('sweep')

    t.equal(await bench.kubectl('get', 'service', '-o', 'name'), 'service/task-agent')
    t.match(record.drift, [{ type: 'missing', healed: true, offender: null }])
    t.match(record.drift[0]?.message, /^deleted between .* Kubernetes records no author$/)
  })

  await t.test('each heal leaves an Event on its object', async (t) => {
    const notes = await bench.kubectl(
      'get',
      'events.v1.events.k8s.io',
      '--field-selector=reason=DriftHealed',
      '-o',
      'jsonpath={range .items[*]}{.regarding.kind}: {.note}{"\\n"}{end}',
    )

    t.match(notes, 'Deployment: /spec/replicas changed by kubectl')
    t.match(notes, 'Service: deleted between')
  })

  await t.test('after each heal a sweep finds nothing', async (t) => {
    const { record, quiet } = await bench.sync('sweep')

    t.ok(quiet)
    t.strictSame(record.drift, [])
  })

  await t.test('rollout restart is an operation and stands', async (t) => {
    await bench.kubectl('rollout', 'restart', 'deployment/task-agent')

    const { record } = await bench.sync('sweep')

    t.strictSame(record.drift, [])
    t.match(await get('.spec.template.metadata.annotations'), 'restartedAt')
  })

  await t.test('what a sweep found clean stays clean after a restart of Landfall', async (t) => {
    bench.restart()

    t.strictSame((await bench.sync('sweep')).record.drift, [])
  })
})

test('drift that is not healed', async (t) => {
  await t.test('a Deployment scaled by an HPA is left alone, also by a push', async (t) => {
    const bench = await syncBench(t)
    const files = await exampleFiles('task-agent/plain')
    await bench.repository.commit(files)
    await bench.sync('push')
    await bench.kubectl('autoscale', 'deployment/task-agent', '--min=5', '--max=9', '--cpu=50%')
    const replicas = 'jsonpath={.spec.replicas}=5'
    await bench.kubectl('wait', 'deployment/task-agent', `--for=${replicas}`, '--timeout=60s')

    const swept = await bench.sync('sweep')
    const changed = Object.entries(files).map(
      ([file, text]) => [file, text.replace('sha-abc123', 'sha-def456')] as const,
    )
    await bench.repository.commit(Object.fromEntries(changed))
    const pushed = await bench.sync('push')

    t.strictSame(swept.record.drift, [])
    t.equal(pushed.record.counts.configured, 1, pushed.record.message)
    const live = await bench.kubectl('get', 'deploy', '-o', 'jsonpath={..spec.replicas}')
    t.equal(live, '5')
  })

  await t.test('when its HPA is gone, the replicas are what Git says again', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit(await exampleFiles('task-agent/plain'))
    await bench.sync('push')
    await bench.kubectl('autoscale', 'deployment/task-agent', '--min=5', '--max=9', '--cpu=50%')
    const replicas = 'jsonpath={.spec.replicas}=5'
    await bench.kubectl('wait', 'deployment/task-agent', `--for=${replicas}`, '--timeout=60s')
    t.strictSame((await bench.sync('sweep')).record.drift, [])
    await bench.kubectl('delete', 'hpa', 'task-agent')

    const { record } = await bench.sync('sweep')

    t.match(record.drift, [
      {
        healed: true,
        offender: { manager: 'kube-controller-manager' },
        fields: [{ path: '/spec/replicas', desired: 3, live: 5 }],
      },
    ])
    const live = await bench.kubectl('get', 'deploy', '-o', 'jsonpath={..spec.replicas}')
    t.equal(live, '3')
    t.strictSame((await bench.sync('sweep')).record.drift, [])
  })

  await t.test('a field set by a controller is left alone', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit(configMapFiles(1))
    await bench.sync('push')
    await bench.kubectl('label', 'cm', 'c0', 'injected=yes', '--field-manager=cert-injector')

    const { record } = await bench.sync('sweep')

    t.strictSame(record.drift, [])
    t.match(await bench.kubectl('get', 'cm', 'c0', '-o', 'jsonpath={.metadata.labels}'), 'injected')
  })

  await t.test('`drift: report` tells and does not heal', async (t) => {
    const bench = await syncBench(t, { sync: { drift: 'report' } as never })
    await bench.repository.commit(configMapFiles(1))
    await bench.sync('push')
    await bench.kubectl('patch', 'cm', 'c0', '-p', '{"data":{"a":"2","b":"3"}}')

    const { record, status } = await bench.sync('sweep')

    t.match(record.drift, [
      { healed: false, fields: [{ path: '/data/a', desired: '1', live: '2' }] },
    ])
    t.equal(status.syncStatus, 'OutOfSync')
    t.equal(await bench.kubectl('get', 'cm', 'c0', '-o', 'jsonpath={.data.a}'), '2')
  })

  await t.test(
    'drift that was reported stays told until it is gone, whatever is pushed',
    async (t) => {
      const bench = await syncBench(t, { sync: { drift: 'report' } as never })
      await bench.repository.commit(configMapFiles(2))
      await bench.sync('push')
      await bench.kubectl('patch', 'cm', 'c0', '-p', '{"data":{"a":"2"}}')
      await bench.sync('sweep')

      await bench.repository.commit({ 'app/c1.yaml': configMapYaml('c1', { a: '5' }) })
      const pushed = await bench.sync('push')
      await bench.kubectl('patch', 'cm', 'c0', '-p', '{"data":{"a":"1"}}')
      const undone = await bench.sync('sweep')
      await bench.repository.commit({ 'app/c1.yaml': configMapYaml('c1', { a: '6' }) })
      const next = await bench.sync('push')

      t.match(pushed.record, { counts: { configured: 1 }, drift: [{ ref: { name: 'c0' } }] })
      t.equal(pushed.status.syncStatus, 'OutOfSync')
      t.match(undone, { quiet: false, record: { drift: [] }, status: { syncStatus: 'Synced' } })
      t.match(next, { record: { drift: [] }, status: { syncStatus: 'Synced' } })
    },
  )

  await t.test(
    'a Job whose time to live has ended is not run again, a changed one is',
    async (t) => {
      const bench = await syncBench(t)
      const job = (image: string) => {
        const text = hookJobYaml({ name: 'migrate', annotations: {}, image })
        return {
          'app/job.yaml': text.replace('"spec":{', '"spec":{"ttlSecondsAfterFinished":3600,'),
        }
      }
      await bench.repository.commit(job('migrate:1'))
      await bench.sync('push')
      await bench.kubectl('delete', 'job', 'migrate')

      const { record, status } = await bench.sync('manual')
      const jobs = await bench.kubectl('get', 'jobs', '-o', 'name')
      await bench.repository.commit(job('migrate:2'))
      const next = await bench.sync('push')

      t.strictSame(record.drift, [])
      t.match(status, { syncStatus: 'Synced', health: 'Healthy' })
      t.equal(jobs, '')
      t.match(next.record.changes, [{ action: 'created' }], next.record.message)
    },
  )

  await t.test('an ignored field keeps its live value through sweeps and pushes', async (t) => {
    const rule = {
      kind: 'ConfigMap',
      group: undefined,
      namespace: undefined,
      name: 'c*',
      fields: ['/data/a'],
    }
    const bench = await syncBench(t, { ignore: [rule] })
    await bench.repository.commit(configMapFiles(1))
    await bench.sync('push')
    await bench.kubectl('patch', 'cm', 'c0', '-p', '{"data":{"a":"mine"}}')

    const { record } = await bench.sync('sweep')
    await bench.repository.commit(configMapFiles(1, { a: '1', b: '2' }))
    await bench.sync('push')

    t.strictSame(record.drift, [])
    t.equal(
      await bench.kubectl('get', 'cm', 'c0', '-o', 'jsonpath={.data}'),
      '{"a":"mine","b":"2"}',
    )
  })

  await t.test('a Secret is told by marks, never by its value', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit({
      'app/s.yaml':
        'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {key: canary-git}\n',
    })
    await bench.sync('push')
    await bench.kubectl(
      'patch',
      'secret',
      's',
      '-p',
      '{"stringData":{"key":"canary-live","x":"canary-x"}}',
    )

    const { record } = await bench.sync('sweep')

    const text = JSON.stringify(record)
    for (const value of ['canary-git', 'canary-live', 'canary-x']) {
      t.notMatch(text, value)
      t.notMatch(text, Buffer.from(value).toString('base64'))
    }
    t.match(record.drift, [{ fields: [{ path: '/data/key', live: /^«secret [0-9a-f]{8}»$/ }] }])
    const value = await bench.kubectl('get', 'secret', 's', '-o', 'jsonpath={.data}')
    t.equal(value, JSON.stringify({ key: Buffer.from('canary-git').toString('base64') }))
  })
})
