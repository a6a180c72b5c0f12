import { type Test, test } from 'tap'
import { StageError } from '../../src/domain/error.ts'
import { type KubeObject } from '../../src/domain/kube-object.ts'
import { live, ownerOf, podOf, secondsAgo, waiting } from '../support/health-cases.ts'
import {
  assertAtRest,
  begin,
  complete,
  justApplied,
  labels,
  started,
  targetOf,
} from '../support/health-wait.ts'
import { comeToRest } from '../support/held-time.ts'

const replicaSet = live('apps/v1', 'ReplicaSet', {
  metadata: {
    name: 'web-9',
    labels: { app: 'web' },
    annotations: { 'deployment.kubernetes.io/revision': '7' },
    ownerReferences: [ownerOf(started)],
  },
})

function podWaiting(reason: string, startTime = secondsAgo(0)): KubeObject {
  return podOf(replicaSet, {
    metadata: { name: 'web-9-x', labels: { app: 'web' } },
    status: { startTime, containerStatuses: [waiting(reason, { message: 'no such image' })] },
  })
}

function beginRollout(t: Test) {
  const run = begin(t, [targetOf(justApplied)])
  run.memory.put(started)
  run.memory.put(replicaSet)
  return run
}

test('the pods of a rollout', async (t) => {
  await t.test('fail it at once when they can never start', async (t) => {
    const run = beginRollout(t)
    void run.wait()
    await run.time.pass(300)

    run.memory.put(podWaiting('InvalidImageName'))
    await comeToRest()

    t.equal(run.result()?.kind, 'degraded')
    t.equal(
      run.result()?.objects[0]?.assessment.message,
      'pod web-9-x: container app: InvalidImageName: no such image',
    )
    await assertAtRest(t, run)
  })

  await t.test('fail it the moment a threshold is crossed, with no event', async (t) => {
    const run = beginRollout(t)
    run.memory.put(podWaiting('ImagePullBackOff'))
    void run.wait()

    await run.time.pass(59_999)
    t.equal(run.result(), undefined)
    await run.time.pass(1)

    t.equal(run.result()?.kind, 'degraded')
    t.match(run.result()?.objects[0]?.assessment.message, /ImagePullBackOff: no such image$/)
    await assertAtRest(t, run)
  })

  await t.test('have all of their time when the pull began long before it failed', async (t) => {
    const run = beginRollout(t)
    void run.wait()
    await run.time.pass(90_000)
    run.memory.put(podWaiting('ContainerCreating'))
    await run.time.pass(90_000)

    run.memory.put(podWaiting('ErrImagePull'))
    await run.time.pass(30_000)
    run.memory.put(podWaiting('ImagePullBackOff'))
    await run.time.pass(29_999)
    t.equal(run.result(), undefined)
    await run.time.pass(1)

    t.equal(run.result()?.kind, 'degraded')
  })

  await t.test('start afresh when they got over it', async (t) => {
    const run = beginRollout(t)
    void run.wait()
    await comeToRest()
    run.memory.put(podWaiting('ErrImagePull'))
    await run.time.pass(50_000)
    run.memory.put(podWaiting('PodInitializing'))
    await run.time.pass(5_000)

    run.memory.put(podWaiting('ErrImagePull'))
    await run.time.pass(59_000)

    t.equal(run.result(), undefined)
  })

  await t.test('are not looked at when it is over within 300 ms', async (t) => {
    const run = beginRollout(t)
    void run.wait()
    await run.time.pass(299)
    t.equal(run.memory.openWatches(), 1, 'Deployments')

    run.memory.put(complete)
    await comeToRest()

    t.equal(run.result()?.kind, 'healthy')
    await assertAtRest(t, run)
  })

  await t.test('are not looked at where there are to be none', async (t) => {
    const none = { ...justApplied, spec: { ...(justApplied['spec'] as object), replicas: 0 } }
    const run = begin(t, [targetOf(none)])
    run.memory.put({ ...none, status: { observedGeneration: 1 } })
    void run.wait()
    await run.time.pass(300)

    t.equal(run.memory.openWatches(), 1, 'Deployments')
  })

  await t.test('are not looked at any more once it is healthy', async (t) => {
    const job = live('batch/v1', 'Job', { metadata: { labels } })
    const run = begin(t, [targetOf(justApplied), targetOf(job)])
    run.memory.put(started)
    run.memory.put(job)
    void run.wait()
    await run.time.pass(300)
    t.equal(run.memory.openWatches(), 3, 'Deployments, Jobs, pods')

    run.memory.put(complete)
    await comeToRest()

    t.equal(run.result(), undefined)
    t.equal(run.memory.openWatches(), 2, 'Deployments, Jobs')
  })

  await t.test('that are gone fail nothing any more', async (t) => {
    const run = beginRollout(t)
    const pod = podWaiting('ErrImagePull')
    run.memory.put(pod)
    void run.wait()
    await run.time.pass(30_000)

    run.memory.remove(pod)
    await run.time.pass(60_000)

    t.equal(run.result(), undefined)
    t.equal(run.time.pending(), 1, 'nothing but the timeout is left')
  })

  await t.test('are found when their ReplicaSets could not be read at first', async (t) => {
    const run = beginRollout(t)
    run.memory.put(podWaiting('InvalidImageName'))
    run.memory.refuse('ReplicaSet', new StageError('CLUSTER_UNREACHABLE', 'connection reset'))
    void run.wait()
    await run.time.pass(5_000)
    t.equal(run.result(), undefined)

    run.memory.refuse('ReplicaSet', undefined)
    await run.time.pass(1_000)

    t.equal(run.result()?.kind, 'degraded')
  })

  await t.test('come back into view after the cluster was away', async (t) => {
    const run = beginRollout(t)
    run.memory.put(podWaiting('InvalidImageName'))
    run.memory.refuse('Pod', new StageError('CLUSTER_UNREACHABLE', 'connection reset'))
    void run.wait()
    await run.time.pass(5_000)
    t.equal(run.result(), undefined)

    run.memory.refuse('Pod', undefined)
    await run.time.pass(1_000)

    t.equal(run.result()?.kind, 'degraded')
  })

  await t.test('may be unreadable: the rollout is waited for all the same', async (t) => {
    const run = beginRollout(t)
    run.memory.refuse('Pod', new StageError('CLUSTER_FORBIDDEN', 'may not list pods in shop'))
    run.memory.refuse('ReplicaSet', new StageError('CLUSTER_FORBIDDEN', 'may not list'))
    void run.wait()
    await run.time.pass(10_000)
    t.equal(run.result(), undefined)

    run.memory.put(complete)
    await comeToRest()

    t.equal(run.result()?.kind, 'healthy')
    await assertAtRest(t, run)
  })

  await t.test('that are unreadable are told as such', async (t) => {
    const run = beginRollout(t)
    run.memory.refuse('Pod', new StageError('CLUSTER_FORBIDDEN', 'may not list pods in shop'))
    void run.wait()
    await run.time.pass(300_000)

    t.equal(run.result()?.kind, 'timeout')
    t.match(
      run.result()?.objects[0]?.assessment.message,
      /; its pods could not be read: may not list pods in shop$/,
    )
  })
})
