import { test } from 'tap'
import { controlPlane } from '../support/control-plane.ts'
import { web } from '../support/ownership.ts'
import { syncBench } from '../support/sync-bench.ts'

// https://github.com/fluxcd/kustomize-controller/issues/1722
test('a container of which a person owns half', async (t) => {
  const plane = await controlPlane()
  const bench = await syncBench(t)
  const manifest = (...names: readonly string[]) => {
    const object = web(bench.namespace)
    const spec = object['spec'] as { template: { spec: { containers: object[] } } }
    const containers: object[] = names.map((name) => ({ name, image: `${name}:1` }))
    const template = { ...spec.template, spec: { ...spec.template.spec, containers } }
    return { ...object, spec: { ...spec, template } }
  }
  const commit = (object: object) =>
    bench.repository.commit({ 'app/web.yaml': JSON.stringify(object) })
  await commit(manifest('app', 'old'))
  await bench.sync('push')
  const half = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: bench.namespace },
    spec: { template: { spec: { containers: [{ name: 'old', args: ['--debug'] }] } } },
  }
  await plane.kubectl(['apply', '--server-side', '--filename=-'], JSON.stringify(half))

  await t.test('goes when Git no longer has it', async (t) => {
    await commit(manifest('app'))

    const { record } = await bench.sync('push')

    t.equal(record.phase, 'Succeeded', record.message)
    t.equal(
      await bench.kubectl('get', 'deploy', 'web', '-o', 'jsonpath={..containers[*].name}'),
      'app',
    )
    t.match((await bench.sync('sweep')).record, { phase: 'Succeeded', drift: [] })
  })

  await t.test('does not make a manifest valid that is not', async (t) => {
    const broken = manifest('app')
    broken.spec.template.spec.containers.push({ name: 'new' })
    await commit(broken)

    const { record } = await bench.sync('push')

    t.match(record, { phase: 'Failed', failure: { code: 'PLAN_REJECTED' } })
    t.match(record.message, /containers\[1\]\.image: Required value/)
  })
})
