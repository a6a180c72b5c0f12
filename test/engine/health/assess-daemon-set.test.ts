import { test } from 'tap'
import { live, podOf, testHealth, waiting } from '../../support/health-cases.ts'

const done = {
  observedGeneration: 2,
  desiredNumberScheduled: 4,
  currentNumberScheduled: 4,
  updatedNumberScheduled: 4,
  numberAvailable: 4,
  numberReady: 4,
}
const set = (status: object, spec: object = {}, metadata: object = {}) =>
  live('apps/v1', 'DaemonSet', {
    metadata: { annotations: { 'deprecated.daemonset.template.generation': '5' }, ...metadata },
    spec: { ...spec },
    status: { ...status },
  })
const updating = set({ ...done, updatedNumberScheduled: 1 })
const brokenPod = (templateGeneration: string) =>
  podOf(updating, {
    metadata: { labels: { 'pod-template-generation': templateGeneration } },
    status: { containerStatuses: [waiting('InvalidImageName')] },
  })

test('health of a DaemonSet', async (t) => {
  await testHealth(t, [
    { title: 'one that is complete is healthy', object: set(done), health: 'Healthy' },
    {
      title: 'one its controller never saw is progressing',
      object: set({}),
      health: 'Progressing',
    },
    {
      title: 'one without a generation is progressing',
      object: set(done, {}, { generation: undefined }),
      health: 'Progressing',
    },
    {
      title: 'one that does not say how many nodes it wants is progressing',
      object: set({ ...done, desiredNumberScheduled: undefined }),
      health: 'Progressing',
    },
    {
      title: 'a complete status of an older generation says nothing',
      object: set({ ...done, observedGeneration: 1 }),
      health: 'Progressing',
    },
    {
      title: 'nodes without a pod are waited for',
      object: set({ ...done, currentNumberScheduled: 3 }),
      health: 'Progressing',
      message: /^3 of 4 nodes have a pod$/,
    },
    {
      title: 'nodes with an old pod are waited for',
      object: set({ ...done, updatedNumberScheduled: 2 }),
      health: 'Progressing',
      message: /^2 of 4 nodes have the updated pod$/,
    },
    {
      title: 'nodes without an available pod are waited for',
      object: set({ ...done, numberAvailable: 1 }),
      health: 'Progressing',
      message: /^1 of 4 nodes have an available pod$/,
    },
    {
      title: 'nodes without a ready pod are waited for',
      object: set({ ...done, numberReady: 0 }),
      health: 'Progressing',
      message: /^0 of 4 nodes have a ready pod$/,
    },
    {
      title: 'one that no node takes is healthy',
      object: set({ observedGeneration: 2, desiredNumberScheduled: 0 }),
      health: 'Healthy',
    },
    {
      title: 'with OnDelete old pods are not waited for',
      object: set({ ...done, updatedNumberScheduled: 0 }, { updateStrategy: { type: 'OnDelete' } }),
      health: 'Healthy',
    },
    {
      title: 'a pod of the newest template that cannot start fails it',
      object: updating,
      context: { pods: [brokenPod('5')] },
      health: 'Degraded',
      message: /^pod web-1: container app: InvalidImageName$/,
    },
    {
      title: 'a pod of the template that is replaced fails nothing',
      object: updating,
      context: { pods: [brokenPod('4')] },
      health: 'Progressing',
      message: /^1 of 4 nodes have the updated pod$/,
    },
  ])
})
