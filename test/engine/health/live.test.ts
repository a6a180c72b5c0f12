import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import { parseAllDocuments } from 'yaml'
import type { Health } from '../../../src/domain/health.ts'
import type { KubeObject } from '../../../src/domain/kube-object.ts'
import { assessHealth } from '../../../src/engine/health/assess.ts'
import { defaultHealthThresholds } from '../../../src/engine/health/thresholds.ts'

const file = join(import.meta.dirname, '../../fixtures/health/live.yaml')

/** By name, judged 20 s after they were made. */
const expected: Readonly<Record<string, readonly [Health, RegExp]>> = {
  'autoscaler-no-metrics': ['Degraded', /^ScalingActive is False: FailedGetResourceMetric: /],
  'autoscaler-no-target': ['Degraded', /^AbleToScale is False: FailedGetScale: .*not found$/],
  'budget-empty': ['Healthy', /^$/],
  'budget-full': ['Healthy', /^$/],
  'claim-bound': ['Healthy', /^$/],
  'claim-no-class': ['Progressing', /^it is not bound and names no StorageClass$/],
  'claim-unknown-class': ['Progressing', /^it is not bound; its StorageClass is nowhere$/],
  'cronjob-new': ['Healthy', /^$/],
  'cronjob-suspended': ['Suspended', /^it is suspended$/],
  'daemonset-complete': ['Healthy', /^$/],
  'daemonset-image-pull': ['Progressing', /^0 of 1 nodes have an available pod$/],
  'daemonset-on-delete': ['Healthy', /^$/],
  'deployment-broken-update': ['Progressing', /^1 old replicas are still there$/],
  'deployment-complete': ['Healthy', /^$/],
  'deployment-deadline': ['Degraded', /^progress deadline exceeded: ReplicaSet .* has timed out/],
  'deployment-never-ready': ['Progressing', /^0 of 1 updated replicas are available$/],
  'deployment-none': ['Healthy', /^$/],
  'deployment-paused': ['Suspended', /^its rollout is paused$/],
  'gadgetry.shop.example.com': ['Degraded', /^NamesAccepted is False: ListKindConflict: /],
  'gizmos.shop.example.com': ['Healthy', /^$/],
  'ingress-new': ['Healthy', /^$/],
  'job-complete': ['Healthy', /^$/],
  'job-deadline': ['Degraded', /^it failed: DeadlineExceeded: Job was active longer/],
  'job-running': ['Progressing', /^0 of 3 completions$/],
  'job-suspended': ['Suspended', /^it is suspended$/],
  'pod-crash-loop': [
    'Degraded',
    /^container agent: CrashLoopBackOff: .*: last exit: Error, code 1$/,
  ],
  'pod-gated': ['Progressing', /^SchedulingGated: /],
  'pod-image-pull-error': ['Progressing', /^container agent: ImagePullBackOff: Back-off pulling/],
  'pod-never-ready': ['Progressing', /^container agent is not ready$/],
  'pod-ready': ['Healthy', /^$/],
  'pod-unschedulable': ['Progressing', /^Unschedulable: .*Insufficient cpu/],
  'replicaset-complete': ['Healthy', /^$/],
  'replicaset-crash-loop': ['Progressing', /^0 of 1 replicas are available$/],
  'replicationcontroller-complete': ['Healthy', /^$/],
  'service-balancer': ['Healthy', /^$/],
  'service-external': ['Healthy', /^$/],
  'statefulset-complete': ['Healthy', /^$/],
  'statefulset-crash-loop': ['Progressing', /^0 of 1 replicas are ready$/],
  'statefulset-on-delete': ['Healthy', /^$/],
  'statefulset-partition': ['Healthy', /^$/],
}

async function liveObjects(): Promise<readonly KubeObject[]> {
  const documents = parseAllDocuments(await readFile(file, 'utf8'))
  return documents.map((document) => document.toJS() as KubeObject)
}

const judge = (object: KubeObject, seconds: number) =>
  assessHealth(object, {
    now: Date.parse(object.metadata.creationTimestamp ?? '') + seconds * 1_000,
    thresholds: defaultHealthThresholds,
  })

test('health of objects as a real control plane has them', async (t) => {
  const objects = await liveObjects()
  t.strictSame(
    objects.map(({ metadata }) => metadata.name),
    Object.keys(expected),
    'each object has its expectation, and each expectation its object',
  )

  for (const object of objects) {
    const { name } = object.metadata
    const [health, message] = expected[name] ?? []
    await t.test(`${name} is ${health}`, async (t) => {
      const found = judge(object, 20)

      t.equal(found.health, health, found.message)
      t.match(found.message, message ?? /^$/)
    })
  }

  const laterFailures = ['pod-image-pull-error', 'pod-unschedulable']
  for (const name of laterFailures) {
    await t.test(`${name} is a failure when its time is over`, async (t) => {
      const object = objects.find(({ metadata }) => metadata.name === name)

      t.equal(object && judge(object, 3_600).health, 'Degraded')
    })
  }

  await t.test('all are progressing while a later generation is not seen', async (t) => {
    for (const object of objects) {
      const generation = object.metadata.generation ?? 0
      if (generation === 0) continue
      const found = assessHealth(object, {
        now: 0,
        thresholds: defaultHealthThresholds,
        minGeneration: generation + 1,
      })
      t.match(found, { health: 'Progressing', message: /is not seen yet$/ }, object.metadata.name)
    }
  })
})
