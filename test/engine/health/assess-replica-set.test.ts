import { test } from 'tap'
import {
  condition,
  live,
  podOf,
  secondsAgo,
  testHealth,
  waiting,
} from '../../support/health-cases.ts'

const done = {
  observedGeneration: 2,
  replicas: 2,
  fullyLabeledReplicas: 2,
  availableReplicas: 2,
  readyReplicas: 2,
}
const set = (status: object, spec: object = {}) =>
  live('apps/v1', 'ReplicaSet', { spec: { replicas: 2, ...spec }, status: { ...status } })
const refused = (seconds: number) =>
  condition('ReplicaFailure', 'True', {
    reason: 'FailedCreate',
    lastTransitionTime: secondsAgo(seconds),
  })

test('health of a ReplicaSet', async (t) => {
  await testHealth(t, [
    { title: 'one that is complete is healthy', object: set(done), health: 'Healthy' },
    {
      title: 'one its controller never saw is progressing',
      object: set({}),
      health: 'Progressing',
    },
    {
      title: 'replicas without all labels are waited for',
      object: set({ ...done, fullyLabeledReplicas: 1 }),
      health: 'Progressing',
      message: /^1 of 2 replicas are labelled$/,
    },
    {
      title: 'replicas not available are waited for',
      object: set({ ...done, availableReplicas: 0 }),
      health: 'Progressing',
      message: /^0 of 2 replicas are available$/,
    },
    {
      title: 'replicas not ready are waited for',
      object: set({ ...done, readyReplicas: 1 }),
      health: 'Progressing',
      message: /^1 of 2 replicas are ready$/,
    },
    {
      title: 'replicas too many are waited for',
      object: set({ ...done, replicas: 3 }),
      health: 'Progressing',
      message: /^1 replicas too many/,
    },
    {
      title: 'refused pods are given time',
      object: set({ ...done, availableReplicas: 0, conditions: [refused(1)] }),
      health: 'Progressing',
      message: /^FailedCreate$/,
      degradesIn: 29,
    },
    {
      title: 'pods refused for longer are a failure',
      object: set({ ...done, availableReplicas: 0, conditions: [refused(30)] }),
      health: 'Degraded',
    },
    {
      title: 'a refusal that names neither reason nor time is a failure',
      object: set({ ...done, conditions: [{ type: 'ReplicaFailure', status: 'True' }] }),
      health: 'Degraded',
      message: /^its pods cannot be created$/,
    },
    {
      title: 'a refusal that is over says nothing',
      object: set({ ...done, conditions: [condition('ReplicaFailure', 'False')] }),
      health: 'Healthy',
    },
    {
      title: 'a pod that cannot start fails it',
      object: set({ ...done, availableReplicas: 1 }),
      context: {
        pods: [podOf(set(done), { status: { containerStatuses: [waiting('InvalidImageName')] } })],
      },
      health: 'Degraded',
      message: /^pod web-1: container app/,
    },
    {
      title: 'a ReplicationController is judged alike',
      object: live('v1', 'ReplicationController', {
        spec: { replicas: 2 },
        status: { ...done, readyReplicas: 0 },
      }),
      health: 'Progressing',
      message: /^0 of 2 replicas are ready$/,
    },
  ])
})
