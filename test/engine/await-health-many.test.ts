import { type Test, test } from 'tap'
import { StageError } from '../../src/domain/error.ts'
import { type KubeObject } from '../../src/domain/kube-object.ts'
import { live, ownerOf, podOf, waiting } from '../support/health-cases.ts'
import { assertAtRest, begin, labels, targetOf } from '../support/health-wait.ts'
import { comeToRest } from '../support/held-time.ts'

const revision = { 'deployment.kubernetes.io/revision': '1' }

function deploymentOf(name: string): KubeObject {
  return live('apps/v1', 'Deployment', {
    metadata: { name, uid: `uid-of-${name}`, labels, annotations: revision },
    spec: { replicas: 1, selector: { matchLabels: { app: name } } },
    status: { observedGeneration: 2 },
  })
}

function replicaSetOf(name: string): KubeObject {
  return live('apps/v1', 'ReplicaSet', {
    metadata: {
      name: `${name}-9`,
      uid: `uid-of-${name}-9`,
      labels: { app: name },
      annotations: revision,
      ownerReferences: [ownerOf(deploymentOf(name))],
    },
  })
}

function failingPodOf(name: string, reason = 'ErrImagePull'): KubeObject {
  return podOf(replicaSetOf(name), {
    metadata: { name: `${name}-9-x`, uid: `uid-of-${name}-9-x`, labels: { app: name } },
    status: { containerStatuses: [waiting(reason, { message: 'no such image' })] },
  })
}

const names = ['a', 'b', 'c', 'd', 'e']

async function rollouts(t: Test, deployed: readonly string[] = names) {
  const run = begin(
    t,
    deployed.map((name) => targetOf(deploymentOf(name))),
  )
  for (const name of deployed) {
    run.memory.put(deploymentOf(name))
    run.memory.put(replicaSetOf(name))
  }
  void run.wait()
  await run.time.pass(300)
  return run
}

test('many rollouts in one namespace', async (t) => {
  await t.test('share one list and one watch of its pods', async (t) => {
    const run = await rollouts(t)

    t.strictSame(run.memory.requests.toSorted(), [
      'list Deployment.apps shop',
      'list Pod shop',
      'list ReplicaSet.apps shop',
      'watch Deployment.apps shop',
      'watch Pod shop',
    ])
    run.cancel.abort()
    await assertAtRest(t, run)
  })

  await t.test('are each told by their own pods', async (t) => {
    const run = await rollouts(t)
    run.memory.put(failingPodOf('b'))
    await comeToRest()
    run.memory.put(failingPodOf('d', 'InvalidImageName'))
    await comeToRest()

    const told = run.result()?.objects.map(({ assessment }) => assessment.message)
    t.equal(run.result()?.kind, 'degraded')
    t.match(told?.[1], 'pod b-9-x: container app: ErrImagePull')
    t.match(told?.[3], 'pod d-9-x: container app: InvalidImageName')
    t.notMatch([told?.[0], told?.[2], told?.[4]].join(), 'pod ')
    await assertAtRest(t, run)
  })

  await t.test('forget a pod that is deleted, or that no longer has their label', async (t) => {
    const run = await rollouts(t)
    run.memory.put(failingPodOf('a'))
    run.memory.put(failingPodOf('b'))
    await comeToRest()
    run.memory.remove(failingPodOf('a'))
    const released = failingPodOf('b')
    run.memory.put({ ...released, metadata: { ...released.metadata, labels: {} } })
    await comeToRest()
    // Longer than a failing image pull is borne.
    await run.time.pass(100_000)

    t.equal(run.result(), undefined)
  })

  await t.test('say where the pods may not be read, and are waited for', async (t) => {
    const run = begin(
      t,
      names.map((name) => targetOf(deploymentOf(name))),
      { timeoutMs: 10_000 },
    )
    for (const name of names) run.memory.put(deploymentOf(name))
    run.memory.refuse('Pod', new StageError('CLUSTER_FORBIDDEN', 'may not list pods'))
    void run.wait()
    await run.time.pass(10_000)

    t.equal(run.result()?.kind, 'timeout')
    for (const { assessment } of run.result()?.objects ?? []) {
      t.match(assessment.message, 'its pods could not be read: may not list pods')
    }
  })

  await t.test('are followed one by one where they are few', async (t) => {
    const run = await rollouts(t, ['a', 'b', 'c'])

    t.equal(run.memory.requests.filter((request) => request === 'watch Pod shop').length, 3)
    run.cancel.abort()
    await assertAtRest(t, run)
  })
})
