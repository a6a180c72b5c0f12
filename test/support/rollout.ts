import type { Test } from 'tap'
import type { Cluster } from '../../src/cluster/cluster.ts'
import type { HealthRule } from '../../src/domain/application.ts'
import { systemClock } from '../../src/domain/clock.ts'
import type { HealthAssessment } from '../../src/domain/health.ts'
import { type KubeObject, refOf } from '../../src/domain/kube-object.ts'
import {
  type AwaitedHealth,
  awaitHealth,
  type HealthTarget,
} from '../../src/engine/await-health.ts'
import {
  defaultHealthThresholds,
  type HealthThresholds,
} from '../../src/engine/health/thresholds.ts'
import { systemTimers } from '../../src/engine/timers.ts'
import { testCluster } from './test-cluster.ts'

export interface Rollouts {
  readonly cluster: Cluster
  readonly namespace: string
  readonly kubectl: (...args: readonly string[]) => Promise<string>
  /** Verbs of our own requests so far. */
  readonly verbs: string[]
  apply(...objects: readonly KubeObject[]): Promise<HealthTarget[]>
  await(targets: readonly HealthTarget[], options?: AwaitOptions): Promise<AwaitedHealth>
}

interface AwaitOptions {
  readonly thresholds?: Partial<HealthThresholds>
  readonly rules?: readonly HealthRule[]
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  /** In place of the cluster's own. */
  readonly reads?: Partial<Pick<Cluster['own'], 'list' | 'watch'>>
}

const clusterScoped: readonly string[] = ['CustomResourceDefinition', 'StorageClass']

/** Applies to the real API server as a sync does, and waits as a sync does. */
export async function testRollouts(t: Test): Promise<Rollouts> {
  const verbs: string[] = []
  const { cluster, namespace, kubectl } = await testCluster(t, {
    onRequest: ({ verb }) => verbs.push(verb),
  })
  const partOf = `applyset-of-${namespace}`
  return {
    cluster,
    namespace,
    kubectl,
    verbs,
    apply: (...objects) =>
      Promise.all(
        objects.map(async (object) => {
          const metadata = {
            ...(clusterScoped.includes(object.kind) ? {} : { namespace }),
            ...object.metadata,
            labels: { 'applyset.kubernetes.io/part-of': partOf },
          }
          const applied = (await cluster.own.apply({ ...object, metadata })).object
          return { ref: refOf(applied), generation: applied.metadata.generation ?? 0, applied }
        }),
      ),
    await: (targets, { thresholds, rules = [], timeoutMs = 60_000, signal, reads } = {}) =>
      awaitHealth(
        {
          cluster: { discovery: cluster.discovery, own: { ...cluster.own, ...reads } },
          clock: systemClock,
          timers: systemTimers,
          thresholds: { ...defaultHealthThresholds, ...thresholds },
        },
        { targets, rules, partOf, timeoutMs, signal: signal ?? new AbortController().signal },
      ),
  }
}

/** A workload of the kind, one replica; `testPod` makes its pods fail as `tools/kwok` knows. */
export function workload(
  kind: 'Deployment' | 'StatefulSet' | 'DaemonSet',
  testPod?: 'image-pull-error' | 'crash-loop' | 'never-ready',
  spec: Readonly<Record<string, unknown>> = {},
): KubeObject {
  const labels = { app: 'web', ...(testPod && { 'landfall.dev/test-pod': testPod }) }
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name: 'web' },
    spec: {
      ...(kind === 'DaemonSet' ? {} : { replicas: 1 }),
      ...(kind === 'StatefulSet' ? { serviceName: 'web' } : {}),
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'agent', image: 'registry.example/web:1' }] },
      },
      ...spec,
    },
  }
}

export function only(found: AwaitedHealth): HealthAssessment {
  const [object] = found.objects
  if (object === undefined || found.objects.length > 1) throw new Error('not one object')
  return object.assessment
}
