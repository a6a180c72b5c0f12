import { test } from 'tap'
import { claimObject } from '../../src/engine/claim-object.ts'
import { partOfLabel } from '../../src/engine/place-objects.ts'
import type { PlannedWrite } from '../../src/engine/target.ts'
import { benchTarget } from '../support/bench-target.ts'
import { configMapYaml } from '../support/manifests.ts'
import { aConfigMap, desiredOf } from '../support/objects.ts'
import { syncBench } from '../support/sync-bench.ts'

test('an object that somebody else makes between the dry-run and the write', async (t) => {
  const bench = await syncBench(t)
  const next = bench.beside('next')
  const { cluster, namespace } = bench
  await bench.repository.commit({ 'app/settings.yaml': configMapYaml('settings') })
  await bench.sync('push')
  const target = benchTarget(bench, next)
  const planOf = (name: string): PlannedWrite => {
    const desired = desiredOf(aConfigMap(name, { a: 'next' }))
    const metadata = { name, namespace, labels: { [partOfLabel]: target.partOf } }
    const object = { ...desired.object, metadata }
    const ref = { ...desired.ref, namespace }
    const planned = {
      desired: { ...desired, ref, object },
      reason: 'new',
      entry: undefined,
    } as const
    return { ...planned, live: undefined, predicted: object }
  }
  const payload =
    ({ desired }: PlannedWrite) =>
    () =>
      desired.object

  await t.test('stays what it is where it is another application’s', async (t) => {
    const plan = planOf('settings')

    await t.rejects(claimObject(target, plan, payload(plan)), {
      code: 'PLAN_OWNED_BY_OTHER',
      text: new RegExp(`belongs to application ${bench.application.name}`),
    })

    t.equal(await bench.kubectl('get', 'cm/settings', '-o', 'jsonpath={.data.a}'), '1')
    const label = cluster.inventory.partOf(bench.application.name)
    t.match(await bench.kubectl('get', 'cm/settings', '-o', 'jsonpath={.metadata.labels}'), label)
  })

  await t.test('is taken over with what a person made of it', async (t) => {
    await bench.kubectl('create', 'configmap', 'by-hand', '--from-literal=b=1')
    const plan = planOf('by-hand')

    const { created, object } = await claimObject(target, plan, payload(plan))

    t.equal(created, false)
    t.strictSame(object['data'], { a: 'next' })
  })

  await t.test('is made where nobody did', async (t) => {
    const plan = planOf('nobodys')

    t.match(await claimObject(target, plan, payload(plan)), { created: true, takenFrom: undefined })
  })
})
