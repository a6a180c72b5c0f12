import { test } from 'tap'
import {
  condition,
  live,
  ownerOf,
  podOf,
  secondsAgo,
  testHealth,
  waiting,
} from '../../support/health-cases.ts'

const complete = [
  condition('Progressing', 'True', { reason: 'NewReplicaSetAvailable' }),
  condition('Available', 'True', { reason: 'MinimumReplicasAvailable' }),
]
const done = {
  observedGeneration: 2,
  replicas: 3,
  updatedReplicas: 3,
  readyReplicas: 3,
  availableReplicas: 3,
  conditions: complete,
}

function deployment(status: object, spec: object = {}, metadata: object = {}) {
  return live('apps/v1', 'Deployment', {
    metadata: { annotations: { 'deployment.kubernetes.io/revision': '7' }, ...metadata },
    spec: { replicas: 3, progressDeadlineSeconds: 600, ...spec },
    status: { ...status },
  })
}

const exceeded = condition('Progressing', 'False', {
  reason: 'ProgressDeadlineExceeded',
  message: 'ReplicaSet "web-9" has timed out progressing.',
})
const refused = (seconds: number) =>
  condition('ReplicaFailure', 'True', {
    reason: 'FailedCreate',
    message: 'pods "web-9-x" is forbidden: exceeded quota: small',
    lastTransitionTime: secondsAgo(seconds),
  })

const owner = deployment({ ...done, updatedReplicas: 1 })
const replicaSet = (name: string, revision: string) =>
  live('apps/v1', 'ReplicaSet', {
    metadata: {
      name,
      uid: `uid-of-${name}`,
      annotations: { 'deployment.kubernetes.io/revision': revision },
      ownerReferences: [ownerOf(owner)],
    },
  })
const newest = replicaSet('web-9', '7')
const replaced = replicaSet('web-8', '6')
const replicaSets = [replaced, newest]
const broken = (of: typeof newest, metadata: Record<string, unknown> = {}) =>
  podOf(of, {
    metadata,
    status: {
      containerStatuses: [waiting('InvalidImageName', { message: 'cannot parse "web:!"' })],
    },
  })

test('health of a Deployment by its pods', async (t) => {
  await testHealth(t, [
    {
      title: 'a pod of the newest ReplicaSet that cannot start fails the rollout in its own words',
      object: owner,
      context: { replicaSets, pods: [broken(newest)] },
      health: 'Degraded',
      message: /^pod web-1: container app: InvalidImageName: cannot parse "web:!"$/,
    },
    {
      title: 'a pod of a replaced ReplicaSet fails nothing',
      object: owner,
      context: { replicaSets, pods: [broken(replaced)] },
      health: 'Progressing',
      message: /^1 of 3 replicas are updated$/,
    },
    {
      title: 'a pod on its way out fails nothing',
      object: owner,
      context: { replicaSets, pods: [broken(newest, { deletionTimestamp: secondsAgo(1) })] },
      health: 'Progressing',
    },
    {
      title: 'pods count for nothing before the ReplicaSets are known',
      object: owner,
      context: { pods: [broken(newest)] },
      health: 'Progressing',
    },
    {
      title: 'pods count for nothing once the rollout is complete',
      object: deployment(done),
      context: { replicaSets, pods: [broken(newest)] },
      health: 'Healthy',
    },
    {
      title: 'an image that cannot be pulled is told at once and fails later',
      object: owner,
      context: {
        replicaSets,
        pods: [
          podOf(newest, {
            status: {
              containerStatuses: [
                waiting('ImagePullBackOff', { message: 'Back-off pulling image "web:2"' }),
              ],
            },
          }),
        ],
      },
      health: 'Progressing',
      message:
        /^1 of 3 replicas are updated; pod web-1: container app: ImagePullBackOff: Back-off pulling image "web:2"$/,
      degradesIn: 50,
    },
    {
      title: 'a refused quota that fails first decides when',
      object: deployment({ ...done, updatedReplicas: 1, conditions: [refused(10)] }),
      context: {
        replicaSets,
        pods: [podOf(newest, { status: { containerStatuses: [waiting('ErrImagePull')] } })],
      },
      health: 'Progressing',
      degradesIn: 20,
    },
    {
      title: 'an exceeded deadline tells what the pods say',
      object: deployment({ ...done, updatedReplicas: 1, conditions: [exceeded] }),
      context: {
        replicaSets,
        pods: [
          podOf(newest, {
            status: { phase: 'Running', containerStatuses: [{ name: 'app', ready: false }] },
          }),
        ],
      },
      health: 'Degraded',
      message: /^progress deadline exceeded: .*; pod web-1: container app is not ready$/,
    },
    {
      title: 'an evicted pod is replaced and fails nothing',
      object: owner,
      context: {
        replicaSets,
        pods: [
          podOf(newest, {
            status: { phase: 'Failed', reason: 'Evicted', message: 'low on memory' },
          }),
        ],
      },
      health: 'Progressing',
      message: /pod web-1: it failed: Evicted: low on memory$/,
    },
    {
      title: 'healthy pods add nothing',
      object: owner,
      context: {
        replicaSets,
        pods: [
          podOf(newest, {
            status: { phase: 'Running', conditions: [condition('Ready', 'True')] },
          }),
        ],
      },
      health: 'Progressing',
      message: /^1 of 3 replicas are updated$/,
    },
  ])
})
