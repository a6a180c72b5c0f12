import { test } from 'tap'
import { StageError } from '../../src/domain/error.ts'
import { type KubeObject } from '../../src/domain/kube-object.ts'
import { live, secondsAgo } from '../support/health-cases.ts'
import { begin, labels, targetOf } from '../support/health-wait.ts'
import { comeToRest } from '../support/held-time.ts'

test('other objects a judgement needs', async (t) => {
  const crd = (subresources: object): KubeObject => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
    spec: { versions: [{ name: 'v1', subresources }] },
  })
  const widget = live('example.com/v1', 'Widget', {
    metadata: { labels, creationTimestamp: secondsAgo(0) },
  })

  await t.test('a kind without a status is not waited for', async (t) => {
    const run = begin(t, [targetOf(widget)])
    run.memory.put(widget)
    run.memory.put(crd({}))
    void run.wait()

    await comeToRest()

    t.equal(run.result()?.kind, 'healthy')
  })

  await t.test('a new custom resource has ten seconds to get a status', async (t) => {
    const run = begin(t, [targetOf(widget)])
    run.memory.put(widget)
    run.memory.put(crd({ status: {} }))
    void run.wait()

    await run.time.pass(9_999)
    t.equal(run.result(), undefined)
    await run.time.pass(1)

    t.equal(run.result()?.kind, 'healthy')
    t.equal(run.memory.requests.filter((request) => request.startsWith('get')).length, 1)
  })

  await t.test('a custom resource whose definition may not be read has them too', async (t) => {
    const run = begin(t, [targetOf(widget)])
    run.memory.put(widget)
    run.memory.refuse('CustomResourceDefinition', new StageError('CLUSTER_FORBIDDEN', 'no'))
    void run.wait()

    await run.time.pass(10_000)

    t.equal(run.result()?.kind, 'healthy')
  })

  const claim = live('v1', 'PersistentVolumeClaim', {
    metadata: { labels },
    spec: { storageClassName: 'fast' },
    status: { phase: 'Pending' },
  })
  const storageClass = (volumeBindingMode: string): KubeObject => ({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'fast' },
    volumeBindingMode,
  })

  await t.test('a claim that is bound on first use is not waited for', async (t) => {
    const run = begin(t, [targetOf(claim)])
    run.memory.put(claim)
    run.memory.put(storageClass('WaitForFirstConsumer'))
    void run.wait()

    await comeToRest()

    t.equal(run.result()?.kind, 'healthy')
  })

  await t.test('a claim whose class may not be read is not waited for', async (t) => {
    const run = begin(t, [targetOf(claim)])
    run.memory.put(claim)
    run.memory.refuse('StorageClass', new StageError('CLUSTER_FORBIDDEN', 'no'))
    void run.wait()

    await comeToRest()

    t.equal(run.result()?.kind, 'healthy')
  })

  await t.test('a claim that is bound at once is waited for', async (t) => {
    const run = begin(t, [targetOf(claim)])
    run.memory.put(claim)
    run.memory.put(storageClass('Immediate'))
    void run.wait()
    await run.time.pass(60_000)
    t.equal(run.result(), undefined)

    run.memory.put({ ...claim, status: { phase: 'Bound' } })
    await comeToRest()

    t.equal(run.result()?.kind, 'healthy')
  })
})
