import type { Test } from 'tap'
import type { HealthRule } from '../../src/domain/application.ts'
import { type KubeObject, refOf } from '../../src/domain/kube-object.ts'
import type { Redact } from '../../src/domain/redact.ts'
import {
  type AwaitedHealth,
  awaitHealth,
  type HealthTarget,
} from '../../src/engine/await-health.ts'
import { defaultHealthThresholds } from '../../src/engine/health/thresholds.ts'
import { condition, live, now } from './health-cases.ts'
import { comeToRest, holdTime } from './held-time.ts'
import { createMemoryCluster } from './memory-cluster.ts'

export const labels = { 'applyset.kubernetes.io/part-of': 'ours' }
export function deployment(status: object, metadata: object = {}): KubeObject {
  return live('apps/v1', 'Deployment', {
    metadata: {
      labels,
      annotations: { 'deployment.kubernetes.io/revision': '7' },
      ...metadata,
    },
    spec: { replicas: 1, selector: { matchLabels: { app: 'web' } } },
    status: { ...status },
  })
}

export const started = deployment({ observedGeneration: 2 })
export const complete = deployment({
  observedGeneration: 2,
  replicas: 1,
  updatedReplicas: 1,
  readyReplicas: 1,
  availableReplicas: 1,
  conditions: [condition('Available', 'True')],
})
export const justApplied = deployment({ observedGeneration: 1 })

interface BeginOptions {
  readonly timeoutMs?: number
  readonly rules?: readonly HealthRule[]
  readonly redactLog?: Redact
}

export function targetOf(applied: KubeObject): HealthTarget {
  return { ref: refOf(applied), generation: applied.metadata.generation ?? 0, applied }
}

export function begin(
  t: Test,
  targets: readonly HealthTarget[],
  { timeoutMs = 300_000, ...options }: BeginOptions = {},
) {
  const time = holdTime(now)
  const memory = createMemoryCluster()
  const cancel = new AbortController()
  let result: AwaitedHealth | undefined
  const wait = () => {
    const done = awaitHealth(
      {
        cluster: memory.cluster,
        clock: time.clock,
        timers: time.timers,
        thresholds: defaultHealthThresholds,
      },
      { targets, ...options, partOf: 'ours', timeoutMs, signal: cancel.signal },
    )
    // A test that expects a failure awaits `done` itself.
    done.then(
      (found) => {
        result = found
      },
      () => {},
    )
    return done
  }
  t.teardown(() => cancel.abort())
  return { time, memory, cancel, wait, result: () => result }
}

export async function assertAtRest(
  t: Test,
  { memory, time }: ReturnType<typeof begin>,
): Promise<void> {
  await comeToRest()
  t.equal(memory.openWatches(), 0, 'no watch is left open')
  t.equal(time.pending(), 0, 'no timer is left running')
}
