import { test } from 'tap'
import {
  condition,
  type HealthCase,
  live,
  secondsAgo,
  testHealth,
} from '../../support/health-cases.ts'

const widget = (conditions: readonly object[], metadata: object = {}) =>
  live('example.com/v1', 'Widget', {
    metadata: { ...metadata },
    status: { observedGeneration: 2, conditions: [...conditions] },
  })

test('health of a custom resource', async (t) => {
  await testHealth(t, [
    { title: 'Ready is healthy', object: widget([condition('Ready', 'True')]), health: 'Healthy' },
    {
      title: 'not Ready is progressing, in its own words',
      object: widget([
        condition('Ready', 'False', { reason: 'Issuing', message: 'waiting for the issuer' }),
      ]),
      health: 'Progressing',
      message: /^Ready is False: Issuing: waiting for the issuer$/,
    },
    {
      title: 'Ready unknown is progressing',
      object: widget([condition('Ready', 'Unknown')]),
      health: 'Progressing',
    },
    {
      title: 'a Ready without a status is unknown',
      object: widget([{ type: 'Ready' }]),
      health: 'Progressing',
      message: /^Ready is Unknown$/,
    },
    {
      title: 'a status without conditions is healthy',
      object: widget([]),
      health: 'Healthy',
    },
    {
      title: 'conditions nobody agreed on say nothing',
      object: widget([condition('Synced', 'False')]),
      health: 'Healthy',
    },
    {
      title: 'Ready on an older generation says nothing',
      object: live('example.com/v1', 'Widget', {
        status: { observedGeneration: 1, conditions: [condition('Ready', 'True')] },
      }),
      health: 'Progressing',
      message: /has not seen generation 2/,
    },
    {
      title: 'a failure observed on an older generation by the condition alone says nothing',
      object: widget([
        condition('Stalled', 'True', { observedGeneration: 1 }),
        condition('Ready', 'True', { observedGeneration: 2 }),
      ]),
      health: 'Healthy',
    },
    {
      title: 'Reconciling is progressing, even when Ready',
      object: widget([
        condition('Ready', 'True'),
        condition('Reconciling', 'True', { reason: 'Scaling' }),
      ]),
      health: 'Progressing',
      message: /^Reconciling is True: Scaling$/,
    },
    {
      title: 'Stalled is a failure, even when Ready',
      object: widget([
        condition('Ready', 'True'),
        condition('Stalled', 'True', { message: 'no such class' }),
      ]),
      health: 'Degraded',
      message: /^Stalled is True: no such class$/,
    },
    {
      title: 'Reconciling goes before Stalled',
      object: widget([condition('Stalled', 'True'), condition('Reconciling', 'True')]),
      health: 'Progressing',
    },
    {
      title: 'neither Reconciling nor Stalled is healthy',
      object: widget([condition('Stalled', 'False'), condition('Reconciling', 'False')]),
      health: 'Healthy',
    },
    {
      title: 'a new one without a status is given time to get one',
      object: live('example.com/v1', 'Widget', { metadata: { creationTimestamp: secondsAgo(4) } }),
      health: 'Progressing',
      message: /has not written a status yet/,
      settlesIn: 6,
    },
    ...[
      {},
      { conditions: [] },
      { conditions: [condition('Accepted', 'Unknown', { reason: 'Pending' })] },
      { conditions: [condition('Ready', 'Unknown')], replicas: 0, phase: '', parents: [{}] },
    ].map(
      (status): HealthCase => ({
        title: `a new one with the defaults of its kind has none: ${Object.keys(status).join()}`,
        object: live('example.com/v1', 'Widget', {
          metadata: { creationTimestamp: secondsAgo(4) },
          status,
        }),
        health: 'Progressing',
        message: /has not written a status yet/,
        settlesIn: 6,
      }),
    ),
    ...[
      { conditions: [condition('Accepted', 'True')] },
      { conditions: [condition('Accepted', 'Unknown', { observedGeneration: 2 })] },
      { observedGeneration: 2 },
      { phase: 'Bound' },
      { conditions: 'none' },
    ].map(
      (status): HealthCase => ({
        title: `one whose controller has written something has one: ${JSON.stringify(status).slice(0, 60)}`,
        object: live('example.com/v1', 'Widget', {
          metadata: { creationTimestamp: secondsAgo(0) },
          status,
        }),
        health: 'Healthy',
      }),
    ),
    {
      title: 'one with an empty status for long is healthy',
      object: live('example.com/v1', 'Widget', { status: { conditions: [] } }),
      health: 'Healthy',
    },
    {
      title: 'one that never got a status is healthy',
      object: live('example.com/v1', 'Widget', { metadata: { creationTimestamp: secondsAgo(10) } }),
      health: 'Healthy',
    },
    {
      title: 'a new one of a kind without a status is healthy at once',
      object: live('example.com/v1', 'Widget', { metadata: { creationTimestamp: secondsAgo(0) } }),
      context: { servesStatus: false },
      health: 'Healthy',
    },
    {
      title: 'kinds of gateway.networking.k8s.io are custom resources',
      object: live('gateway.networking.k8s.io/v1', 'Gateway', {
        metadata: { creationTimestamp: secondsAgo(0) },
      }),
      health: 'Progressing',
      settlesIn: 10,
    },
    {
      title: 'one that is named as a built-in kind is no built-in kind',
      object: live('example.com/v1', 'Deployment', { status: {} }),
      health: 'Healthy',
    },
    {
      title: 'one that is being deleted is progressing',
      object: widget([condition('Ready', 'True')], { deletionTimestamp: secondsAgo(1) }),
      health: 'Progressing',
    },
  ])
})
