import fc from 'fast-check'
import { test } from 'tap'
import type { KubeObject } from '../../../src/domain/kube-object.ts'
import { assessHealth } from '../../../src/engine/health/assess.ts'
import { defaultHealthThresholds } from '../../../src/engine/health/thresholds.ts'
import {
  condition,
  live,
  now,
  podOf,
  secondsAgo,
  testHealth,
  waiting,
} from '../../support/health-cases.ts'

const kinds: readonly (readonly [string, string])[] = [
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'StatefulSet'],
  ['apps/v1', 'DaemonSet'],
  ['apps/v1', 'ReplicaSet'],
  ['batch/v1', 'Job'],
  ['batch/v1', 'CronJob'],
  ['v1', 'Pod'],
  ['v1', 'Service'],
  ['v1', 'ConfigMap'],
  ['v1', 'PersistentVolumeClaim'],
  ['policy/v1', 'PodDisruptionBudget'],
  ['autoscaling/v2', 'HorizontalPodAutoscaler'],
  ['apiextensions.k8s.io/v1', 'CustomResourceDefinition'],
  ['apiregistration.k8s.io/v1', 'APIService'],
  ['example.com/v1', 'Widget'],
]

// Keys the rules read, with values of any type, so that every branch meets what it does not expect.
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('True', 'False', 'OnDelete', 'Unschedulable', 'ErrImagePull', 'Running'),
    fc.constantFrom('Ready', 'Stalled', 'Failed', 'Progressing', '2026-03-01T11:59:59Z', 'uid'),
    fc.oneof(fc.integer(), fc.double(), fc.boolean(), fc.constant(null), fc.string()),
    fc.array(tie('any'), { maxLength: 3 }),
    tie('record'),
  ),
  record: fc.dictionary(
    fc.constantFrom(
      'annotations',
      'conditions',
      'containerStatuses',
      'controller',
      'creationTimestamp',
      'generation',
      'initContainerStatuses',
      'labels',
      'lastTransitionTime',
      'message',
      'name',
      'observedGeneration',
      'ownerReferences',
      'phase',
      'reason',
      'replicas',
      'state',
      'status',
      'suspend',
      'type',
      'uid',
      'updateStrategy',
      'waiting',
    ),
    tie('any'),
  ),
}))

const anyObject = fc
  .tuple(fc.constantFrom(...kinds), value['record'], value['any'], value['any'])
  .map(
    ([[apiVersion, kind], metadata, spec, status]) =>
      ({
        apiVersion,
        kind,
        metadata: { ...(metadata as object), name: 'web', namespace: 'shop' },
        spec,
        status,
      }) as KubeObject,
  )

const containers = fc.array(
  fc
    .constantFrom('ErrImagePull', 'ImagePullBackOff', 'CreateContainerError', 'ContainerCreating')
    .map((reason) => waiting(reason)),
  { maxLength: 3 },
)
const stuckPod = fc
  .tuple(containers, containers, fc.nat(200), fc.nat(200))
  .map(([containerStatuses, initContainerStatuses, started, unschedulable]) =>
    podOf(undefined, {
      status: {
        startTime: secondsAgo(started),
        containerStatuses,
        initContainerStatuses,
        conditions: [
          condition('PodScheduled', 'False', {
            reason: 'Unschedulable',
            lastTransitionTime: secondsAgo(unschedulable),
          }),
        ],
      },
    }),
  )

const healths = ['Healthy', 'Progressing', 'Degraded', 'Suspended']

test('health of what is done once it is written', async (t) => {
  const written: [string, string][] = [
    ['v1', 'ConfigMap'],
    ['v1', 'Secret'],
    ['v1', 'Namespace'],
    ['v1', 'ServiceAccount'],
    ['rbac.authorization.k8s.io/v1', 'Role'],
    ['networking.k8s.io/v1', 'NetworkPolicy'],
  ]
  await testHealth(
    t,
    written.flatMap(([apiVersion, kind]) => [
      {
        title: `a ${kind} is healthy at once`,
        object: live(apiVersion, kind, {
          metadata: { generation: undefined, creationTimestamp: secondsAgo(0) },
        }),
        health: 'Healthy' as const,
      },
      {
        title: `a ${kind} that is being deleted is progressing`,
        object: live(apiVersion, kind, { metadata: { deletionTimestamp: secondsAgo(0) } }),
        health: 'Progressing' as const,
        message: /being deleted/,
      },
    ]),
  )
})

test('judging whatever a cluster may hold', async (t) => {
  await t.test('gives a health and never throws', async (t) => {
    t.doesNotThrow(() =>
      fc.assert(
        fc.property(anyObject, fc.array(anyObject, { maxLength: 3 }), (object, others) => {
          const found = assessHealth(object, {
            now,
            thresholds: defaultHealthThresholds,
            pods: others,
            replicaSets: others,
            applied: others[0],
          })
          return healths.includes(found.health) && (found.health === 'Healthy') === !found.message
        }),
        { numRuns: 3_000 },
      ),
    )
  })

  await t.test('turns to failure exactly when it says it will', async (t) => {
    let turning = 0
    t.doesNotThrow(() =>
      fc.assert(
        fc.property(stuckPod, (pod) => {
          const thresholds = defaultHealthThresholds
          const { degradesAt } = assessHealth(pod, { now, thresholds })
          if (degradesAt === undefined) return true
          turning += 1
          const at = (time: number) => assessHealth(pod, { now: time, thresholds }).health
          return (
            degradesAt > now &&
            at(degradesAt - 1) === 'Progressing' &&
            at(degradesAt) === 'Degraded'
          )
        }),
      ),
    )
    t.ok(turning > 10, 'some of the pods had time left')
  })
})
