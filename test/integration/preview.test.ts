import { test } from 'tap'
import { emptyInventory } from '../../src/domain/inventory.ts'
import type { KubeObject } from '../../src/domain/kube-object.ts'
import { takeHooks } from '../../src/engine/hooks/hook.ts'
import { noNeighbours } from '../../src/engine/neighbours.ts'
import { placeObjects } from '../../src/engine/place-objects.ts'
import { previewChanges } from '../../src/engine/preview.ts'
import { anApplication } from '../support/an-application.ts'
import { testCluster } from '../support/test-cluster.ts'

const job = (
  name: string,
  image: string,
  annotations: Record<string, string> = {},
): KubeObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name, annotations },
  spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image }] } } },
})

test('the preview of a commit', async (t) => {
  const { cluster, namespace } = await testCluster(t)
  const partOf = cluster.inventory.partOf(namespace)
  const preview = (...objects: KubeObject[]) => {
    const rendered = objects.map((object) => ({ object, origin: { file: 'a.yaml', line: 1 } }))
    const options = { namespace, partOf, scopeOf: () => true, hash: () => 'h' }
    const target = {
      application: anApplication({ name: namespace, namespace }),
      cluster,
      client: cluster.own,
      own: cluster.own,
      partOf,
      mask: (_ref: unknown, _path: string, value: unknown) => value,
      neighbours: noNeighbours,
      signal: new AbortController().signal,
    }
    return previewChanges(target, takeHooks(placeObjects(rendered, options)), emptyInventory, false)
  }
  const told = async (...objects: KubeObject[]) =>
    (await preview(...objects)).map(
      ({ ref, action, message }) => `${action} ${ref.name} ${message}`,
    )
  const [placed] = placeObjects(
    [{ object: job('import', 'a:1'), origin: { file: 'a.yaml', line: 1 } }],
    { namespace, partOf, scopeOf: () => true, hash: () => 'h' },
  )
  await cluster.own.apply(placed?.object ?? job('import', 'a:1'))

  await t.test('names the hooks that would run', async (t) => {
    const hook = job('migrate', 'a:1', { 'landfall.dev/hook': 'pre-sync' })

    t.strictSame(await told(job('import', 'a:1'), hook), [
      'unchanged import ',
      'create migrate pre-sync hook',
    ])
  })

  await t.test('refuses nothing that the same commit makes acceptable', async (t) => {
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'runner' } }
    const containers = [{ name: 'a', image: 'a:1' }]
    const spec = { serviceAccountName: 'runner', containers }
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec }

    t.strictSame(await told(job('import', 'a:1'), pod, account), [
      'unchanged import ',
      'create web checked when what it needs exists',
      'create runner ',
    ])
    t.match(await told(job('import', 'a:1'), pod), [
      'unchanged import ',
      /^reject web .*error looking up/,
    ])
  })

  await t.test('says what would be deleted and made anew', async (t) => {
    t.match(await told(job('import', 'a:2')), [
      /^configure import deleted and made anew: .*spec\.template: field is immutable$/,
    ])
    t.match(await told(job('import', 'a:2', { 'landfall.dev/force': 'never' })), [
      /^reject import .*annotate the object with landfall\.dev\/force: recreate/,
    ])
  })
})
