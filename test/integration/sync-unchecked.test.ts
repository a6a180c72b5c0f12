import { test } from 'tap'
import { StageError } from '../../src/domain/error.ts'
import { applyOne } from '../../src/engine/apply-one.ts'
import { passGate } from '../../src/engine/gate.ts'
import { placeObjects } from '../../src/engine/place-objects.ts'
import type { Target } from '../../src/engine/target.ts'
import { benchTarget } from '../support/bench-target.ts'
import { type SyncBench, syncBench } from '../support/sync-bench.ts'

const reason = 'admission webhook "old.example.com" does not support dry run'

// No server that Landfall supports takes such a webhook any more: those that are there are from
// before Kubernetes 1.22.
function undryable(bench: SyncBench): Target {
  const target = benchTarget(bench, bench)
  const { client } = target
  return {
    ...target,
    client: {
      ...client,
      apply: (object, options) =>
        options?.dryRun === true
          ? Promise.reject(new StageError('ADMISSION_NO_DRY_RUN', `configmaps c: ${reason}`))
          : client.apply(object, options),
    },
  }
}

test('an object whose webhook does not support dry-run', async (t) => {
  const bench = await syncBench(t)
  const target = undryable(bench)
  const [desired] = placeObjects(
    [
      {
        object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: { a: '1' } },
        origin: { file: 'c.yaml', line: 1 },
      },
    ],
    {
      namespace: bench.namespace,
      partOf: target.partOf,
      scopeOf: () => true,
      hash: () => 'h',
    },
  )
  if (desired === undefined) throw new Error('no object')
  const gate = () =>
    passGate(target, [{ desired, entry: undefined, live: undefined }], {
      coming: [desired],
      desired: [desired],
      scaled: new Set(),
    })

  await t.test('passes the gate and is written, and the record says so', async (t) => {
    const [planned] = await gate()
    if (planned === undefined) throw new Error('not planned')

    const written = await applyOne(target, planned)

    t.equal(written.action, 'created')
    t.equal(written.note, `written without a dry-run: configmaps c: ${reason}`)
    t.equal(await bench.kubectl('get', 'cm', 'c', '-o', 'jsonpath={.data.a}'), '1')
  })

  await t.test('is unchanged where it is as Git wants it', async (t) => {
    const [planned] = await gate()
    if (planned === undefined) throw new Error('not planned')

    t.equal((await applyOne(target, { ...planned, reason: 'changed' })).action, 'unchanged')
  })

  await t.test('is not taken from another deployer', async (t) => {
    await bench.kubectl('delete', 'cm', 'c')
    await bench.kubectl('create', 'cm', 'c', '--from-literal=a=2', '--field-manager=helm')
    const [planned] = await gate()
    if (planned === undefined) throw new Error('not planned')

    await t.rejects(applyOne(target, planned), { code: 'PLAN_OWNED_BY_OTHER' })
    t.equal(await bench.kubectl('get', 'cm', 'c', '-o', 'jsonpath={.data.a}'), '2')
  })
})
