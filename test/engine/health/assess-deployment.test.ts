import { test } from 'tap'
import { condition, live, secondsAgo, testHealth } from '../../support/health-cases.ts'

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

test('health of a Deployment', async (t) => {
  await testHealth(t, [
    { title: 'one that is complete is healthy', object: deployment(done), health: 'Healthy' },
    {
      title: 'one its controller never saw is progressing',
      object: deployment({}),
      health: 'Progressing',
      message: /not seen it yet/,
    },
    {
      title: 'one without any replica counts of its generation is progressing',
      object: deployment({ observedGeneration: 2 }),
      health: 'Progressing',
      message: /^0 of 3 replicas are updated$/,
    },
    {
      title: 'a complete status of an older generation says nothing',
      object: deployment({ ...done, observedGeneration: 1 }),
      health: 'Progressing',
      message: /has not seen generation 2/,
    },
    {
      title: 'an object older than the apply says nothing',
      object: deployment(done),
      context: { minGeneration: 3 },
      health: 'Progressing',
      message: /generation 3 is not seen yet/,
    },
    {
      title: 'an object newer than the apply counts',
      object: deployment(done),
      context: { minGeneration: 1 },
      health: 'Healthy',
    },
    {
      title: 'replicas default to one',
      object: deployment({ ...done, replicas: 1, updatedReplicas: 0 }, { replicas: undefined }),
      health: 'Progressing',
      message: /^0 of 1 replicas are updated$/,
    },
    {
      title: 'replicas not updated yet are waited for',
      object: deployment({ ...done, updatedReplicas: 1 }),
      health: 'Progressing',
      message: /^1 of 3 replicas are updated$/,
    },
    {
      title: 'old replicas still there are waited for',
      object: deployment({ ...done, replicas: 4 }),
      health: 'Progressing',
      message: /^1 old replicas are still there$/,
    },
    {
      title: 'updated replicas not available yet are waited for',
      object: deployment({ ...done, availableReplicas: 2 }),
      health: 'Progressing',
      message: /^2 of 3 updated replicas are available$/,
    },
    {
      title: 'replicas not ready are waited for',
      object: deployment({ ...done, readyReplicas: 2 }),
      health: 'Progressing',
      message: /^2 of 3 replicas are ready$/,
    },
    {
      title: 'full counts wait for the condition that says the ReplicaSet is available',
      object: deployment({
        ...done,
        conditions: [
          complete[1],
          condition('Progressing', 'True', { reason: 'ReplicaSetUpdated' }),
        ],
      }),
      health: 'Progressing',
      message: /newest ReplicaSet is not available/,
    },
    {
      title: 'without a progress deadline no Progressing condition is waited for',
      object: deployment(
        { ...done, conditions: [complete[1]] },
        { progressDeadlineSeconds: undefined },
      ),
      health: 'Healthy',
    },
    {
      title: 'the largest deadline is none',
      object: deployment(
        { ...done, conditions: [complete[1]] },
        { progressDeadlineSeconds: 2_147_483_647 },
      ),
      health: 'Healthy',
    },
    {
      title: 'full counts that are not Available are waited for',
      object: deployment({ ...done, conditions: [complete[0], condition('Available', 'False')] }),
      health: 'Progressing',
      message: /^it is not available$/,
    },
    {
      title: 'zero wanted replicas are healthy when none is left',
      object: deployment({ observedGeneration: 2, conditions: complete }, { replicas: 0 }),
      health: 'Healthy',
    },
    {
      title: 'a paused rollout is suspended',
      object: deployment({ ...done, updatedReplicas: 0 }, { paused: true }),
      health: 'Suspended',
    },
    {
      title: 'a paused rollout whose deadline was exceeded before is suspended',
      object: deployment({ ...done, conditions: [exceeded] }, { paused: true }),
      health: 'Suspended',
    },
    {
      title: 'full counts without any condition are waited for',
      object: deployment({ ...done, conditions: [] }),
      health: 'Progressing',
    },
    {
      title: 'an exceeded progress deadline is a failure, whatever the counts say',
      object: deployment({ ...done, conditions: [complete[1], exceeded] }),
      health: 'Degraded',
    },
    {
      title: 'an exceeded progress deadline is a failure',
      object: deployment({ ...done, updatedReplicas: 1, conditions: [exceeded] }),
      health: 'Degraded',
      message: /^progress deadline exceeded: ReplicaSet "web-9" has timed out/,
    },
    {
      title: 'a deadline exceeded by the rollout that is replaced fails nothing',
      object: deployment({ ...done, replicas: 4, conditions: [exceeded] }),
      context: { applied: deployment({ observedGeneration: 1, conditions: [exceeded] }) },
      health: 'Progressing',
      message: /old replicas/,
    },
    {
      title: 'a deadline exceeded again after the apply is a failure',
      object: deployment({
        ...done,
        conditions: [{ ...exceeded, lastTransitionTime: secondsAgo(1) }],
      }),
      context: { applied: deployment({ observedGeneration: 1, conditions: [exceeded] }) },
      health: 'Degraded',
    },
    {
      title: 'a deadline exceeded by what the apply left as it was is a failure',
      object: deployment({ ...done, conditions: [exceeded] }),
      context: { applied: deployment({ observedGeneration: 2, conditions: [exceeded] }) },
      health: 'Degraded',
    },
    {
      title: 'pods refused by a quota are given time',
      object: deployment({ ...done, updatedReplicas: 0, conditions: [refused(10)] }),
      health: 'Progressing',
      message: /^FailedCreate: .*exceeded quota/,
      degradesIn: 20,
    },
    {
      title: 'pods refused for longer than that are a failure',
      object: deployment({ ...done, updatedReplicas: 0, conditions: [refused(31)] }),
      health: 'Degraded',
      message: /exceeded quota: small$/,
    },
    {
      title: 'pods refused to the rollout that is replaced fail nothing',
      object: deployment({ ...done, updatedReplicas: 0, conditions: [refused(31)] }),
      context: { applied: deployment({ observedGeneration: 1, conditions: [refused(31)] }) },
      health: 'Progressing',
    },
    {
      title: 'one that is being deleted is progressing',
      object: deployment(done, {}, { deletionTimestamp: secondsAgo(1) }),
      health: 'Progressing',
      message: /being deleted/,
    },
  ])
})
