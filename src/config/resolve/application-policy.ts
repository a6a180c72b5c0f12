import type {
  Allow,
  Application,
  FailAfter,
  HealthRule,
  IgnoreRule,
  ManagerRule,
  SyncPolicy,
} from '../../domain/application.ts'
import type { Allow as AllowFile } from '../schema/allow.ts'
import type { HealthRules } from '../schema/health.ts'
import type { IgnoreRule as IgnoreFile } from '../schema/ignore.ts'
import type { ManagerRules } from '../schema/managers.ts'
import type { Report } from '../schema/report.ts'
import type { Sync } from '../schema/sync.ts'

export function syncPolicy(sync: Sync = {}): SyncPolicy {
  return {
    everyMs: sync.every ?? 3 * 60_000,
    timeoutMs: sync.timeout ?? 5 * 60_000,
    failAfter: failAfter(sync.failAfter),
    prune: sync.prune ?? true,
    drift: sync.drift ?? 'heal',
    requireFastForward: sync.requireFastForward ?? false,
  }
}

function failAfter(given: Sync['failAfter'] = {}): FailAfter {
  const { imagePull, crashes, unschedulable, podsRefused } = given
  return {
    ...(imagePull !== undefined && { imagePullMs: imagePull }),
    ...(crashes !== undefined && { crashLoopRestarts: crashes }),
    ...(unschedulable !== undefined && { unschedulableMs: unschedulable }),
    ...(podsRefused !== undefined && { replicaFailureMs: podsRefused }),
  }
}

/** What is not said is denied: only its own namespace, and no cluster-scoped kind. */
export function allowed(allow: AllowFile | undefined, namespace: string): Allow {
  return {
    namespaces: allow?.namespaces ?? [namespace],
    clusterKinds: allow?.clusterKinds ?? [],
    denyKinds: allow?.denyKinds ?? [],
  }
}

export function ignoreRules(rules: readonly IgnoreFile[] | undefined): IgnoreRule[] {
  return (rules ?? []).map(({ kind, group, namespace, name, fields }) => ({
    kind,
    group,
    namespace,
    name: name ?? '*',
    fields,
  }))
}

export function reportPolicy(report: Report | undefined): Application['report'] {
  return { statuses: report?.statuses ?? 'changed' }
}

export function managerRules(rules: ManagerRules | undefined): ManagerRule[] {
  return (rules ?? []).map((rule) => ({ ...rule, paths: rule.paths ?? [] }))
}

export function healthRules(rules: HealthRules | undefined): HealthRule[] {
  return (rules ?? []).map(({ kind, healthy, failed, progressing }) => {
    const dot = kind.indexOf('.')
    return {
      group: dot < 0 ? '' : kind.slice(dot + 1),
      kind: dot < 0 ? kind : kind.slice(0, dot),
      healthy,
      failed,
      progressing,
    }
  })
}
