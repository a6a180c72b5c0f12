import { test } from 'tap'
import { live, podOf, testHealth, waiting } from '../../support/health-cases.ts'

const done = {
  observedGeneration: 2,
  replicas: 3,
  readyReplicas: 3,
  currentReplicas: 3,
  updatedReplicas: 3,
  currentRevision: 'web-b',
  updateRevision: 'web-b',
}
const set = (status: object, spec: object = {}) =>
  live('apps/v1', 'StatefulSet', { spec: { replicas: 3, ...spec }, status: { ...status } })
const rolling = (partition: number) => ({
  updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition } },
})
const brokenPod = (owner: ReturnType<typeof set>, revision: string) =>
  podOf(owner, {
    metadata: { name: 'web-2', labels: { 'controller-revision-hash': revision } },
    status: { containerStatuses: [waiting('CreateContainerConfigError')] },
  })
const updating = set({ ...done, updatedReplicas: 1, currentRevision: 'web-a' }, rolling(0))

test('health of a StatefulSet', async (t) => {
  await testHealth(t, [
    { title: 'one that is complete is healthy', object: set(done), health: 'Healthy' },
    {
      title: 'one its controller never saw is progressing',
      object: set({}),
      health: 'Progressing',
    },
    {
      title: 'a complete status of an older generation says nothing',
      object: set({ ...done, observedGeneration: 1 }),
      health: 'Progressing',
    },
    {
      title: 'generation 0 is what its controller observes before it looks',
      object: set({ ...done, observedGeneration: 0 }),
      health: 'Progressing',
    },
    {
      title: 'zero wanted replicas are healthy when none is left',
      object: set(
        { observedGeneration: 2, replicas: 0, currentRevision: 'a', updateRevision: 'a' },
        { replicas: 0 },
      ),
      health: 'Healthy',
    },
    {
      title: 'replicas that do not exist are waited for',
      object: set({ ...done, replicas: 1 }),
      health: 'Progressing',
      message: /^1 of 3 replicas exist$/,
    },
    {
      title: 'replicas not ready are waited for',
      object: set({ ...done, readyReplicas: 2 }),
      health: 'Progressing',
      message: /^2 of 3 replicas are ready$/,
    },
    {
      title: 'replicas too many are waited for',
      object: set({ ...done, replicas: 5 }),
      health: 'Progressing',
      message: /^2 replicas too many/,
    },
    {
      title: 'minReadySeconds is waited for',
      object: set({ ...done, availableReplicas: 1 }, { minReadySeconds: 10 }),
      health: 'Progressing',
      message: /^1 of 3 replicas are available$/,
    },
    {
      title: 'replicas above the partition are updated first',
      object: set({ ...done, updatedReplicas: 1, currentRevision: 'web-a' }, rolling(1)),
      health: 'Progressing',
      message: /^1 of 2 replicas are updated$/,
    },
    {
      title: 'replicas below the partition stay as they are',
      object: set({ ...done, updatedReplicas: 2, currentRevision: 'web-a' }, rolling(1)),
      health: 'Healthy',
    },
    {
      title: 'a partition above all replicas updates none',
      object: set({ ...done, updatedReplicas: 0, currentRevision: 'web-a' }, rolling(9)),
      health: 'Healthy',
    },
    {
      title: 'without a partition all replicas become current',
      object: set({ ...done, currentReplicas: 1 }),
      health: 'Progressing',
      message: /^1 of 3 replicas are of the current revision$/,
    },
    {
      title: 'without a partition the revision is rolled out to its end',
      object: set({ ...done, currentRevision: 'web-a' }),
      health: 'Progressing',
      message: /^revision web-b is not rolled out yet$/,
    },
    {
      title: 'with OnDelete nothing is waited for',
      object: set({ ...done, readyReplicas: 0 }, { updateStrategy: { type: 'OnDelete' } }),
      health: 'Healthy',
    },
    {
      title: 'replicas default to one',
      object: set({ ...done, replicas: 0 }, { replicas: undefined }),
      health: 'Progressing',
      message: /^0 of 1 replicas exist$/,
    },
    {
      title: 'a pod of the update revision that cannot start fails it',
      object: updating,
      context: { pods: [brokenPod(updating, 'web-b')] },
      health: 'Degraded',
      message: /^pod web-2: container app: CreateContainerConfigError$/,
    },
    {
      title: 'a pod of the revision that is replaced fails nothing',
      object: updating,
      context: { pods: [brokenPod(updating, 'web-a')] },
      health: 'Progressing',
      message: /^1 of 3 replicas are updated$/,
    },
    {
      title: 'a pod of another owner fails nothing',
      object: updating,
      context: { pods: [brokenPod(live('apps/v1', 'ReplicaSet'), 'web-b')] },
      health: 'Progressing',
    },
  ])
})
