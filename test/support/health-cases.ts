import type { Test } from 'tap'
import type { Health } from '../../src/domain/health.ts'
import type { KubeObject } from '../../src/domain/kube-object.ts'
import { assessHealth } from '../../src/engine/health/assess.ts'
import type { HealthContext } from '../../src/engine/health/health-context.ts'
import { defaultHealthThresholds } from '../../src/engine/health/thresholds.ts'

export const now = Date.parse('2026-03-01T12:00:00Z')

/** RFC 3339, as Kubernetes writes times. */
export function secondsAgo(seconds: number): string {
  return new Date(now - seconds * 1_000).toISOString().replace('.000Z', 'Z')
}

export interface HealthCase {
  readonly title: string
  readonly object: KubeObject
  readonly context?: Partial<HealthContext>
  readonly health: Health
  readonly message?: RegExp
  /** Seconds from now. */
  readonly degradesIn?: number
  readonly settlesIn?: number
}

/** One subtest a case, all of them judged at `now` with the default thresholds. */
export async function testHealth(t: Test, cases: readonly HealthCase[]): Promise<void> {
  for (const item of cases) {
    await t.test(item.title, async (t) => {
      const found = assessHealth(item.object, {
        now,
        thresholds: defaultHealthThresholds,
        ...item.context,
      })

      t.equal(found.health, item.health, found.message)
      if (item.message !== undefined) t.match(found.message, item.message)
      t.equal(secondsFromNow(found.degradesAt), item.degradesIn, 'when it degrades')
      t.equal(secondsFromNow(found.settlesAt), item.settlesIn, 'when it settles')
      t.equal(found.message === '', item.health === 'Healthy', 'tells what is wrong, if anything')
    })
  }
}

function secondsFromNow(time: number | undefined): number | undefined {
  return time === undefined ? undefined : (time - now) / 1_000
}

export function condition(
  type: string,
  status: 'True' | 'False' | 'Unknown',
  rest: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return { type, status, lastTransitionTime: secondsAgo(5), ...rest }
}

interface Parts {
  readonly metadata?: Readonly<Record<string, unknown>>
  readonly spec?: Readonly<Record<string, unknown>>
  readonly status?: Readonly<Record<string, unknown>>
}

/** A namespaced object named `web`, generation 2, made an hour ago. */
export function live(apiVersion: string, kind: string, parts: Parts = {}): KubeObject {
  return {
    apiVersion,
    kind,
    metadata: {
      name: 'web',
      namespace: 'shop',
      uid: `uid-of-${kind}`,
      generation: 2,
      creationTimestamp: secondsAgo(3_600),
      ...parts.metadata,
    },
    ...(parts.spec && { spec: parts.spec }),
    ...(parts.status && { status: parts.status }),
  }
}

export function ownerOf(owner: KubeObject): Record<string, unknown> {
  const { apiVersion, kind, metadata } = owner
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true }
}

/** A Pending pod made 10 s ago, of that owner. */
export function podOf(owner: KubeObject | undefined, parts: Parts = {}): KubeObject {
  return live('v1', 'Pod', {
    ...parts,
    metadata: {
      name: 'web-1',
      uid: 'uid-of-web-1',
      generation: 1,
      creationTimestamp: secondsAgo(10),
      ...(owner && { ownerReferences: [ownerOf(owner)] }),
      ...parts.metadata,
    },
    status: { phase: 'Pending', startTime: secondsAgo(10), ...parts.status },
  })
}

export function waiting(
  reason: string,
  rest: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const { message, ...status } = rest
  return {
    name: 'app',
    ready: false,
    restartCount: 0,
    state: { waiting: { reason, ...(message === undefined ? {} : { message }) } },
    ...status,
  }
}
