import type {
  Allow,
  Application,
  FailAfter,
  HandEdits,
  HealthRule,
  IgnoreRule,
  ManagerRule,
  SyncPolicy,
  TouchedPods,
} from '../../domain/application.ts'
import type { Allow as AllowFile } from '../schema/allow.ts'
import type { HandEditExemptions } from '../schema/hand-edits.ts'
import type { HealthRules } from '../schema/health.ts'
import type { IgnoreRule as IgnoreFile } from '../schema/ignore.ts'
import type { ManagerRules } from '../schema/managers.ts'
import type { Render } from '../schema/render.ts'
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

export function handEdits(
  policy: HandEdits['policy'] | undefined,
  { users = [], groups = [], annotation = true }: HandEditExemptions = {},
  render: Render | undefined,
): HandEdits {
  return {
    policy: policy ?? 'warn',
    exempt: { users, groups, annotation },
    masksValues: hasSecretValues(render),
  }
}

function hasSecretValues(render: Render | undefined): boolean {
  const variables = Object.values(render?.substitute?.variables ?? {})
  return render?.decrypt !== undefined || variables.some((value) => typeof value !== 'string')
}

export function touchedPods(
  policy: TouchedPods['policy'] | undefined,
  replaceAfterMs = 15 * 60_000,
): TouchedPods {
  return { policy: policy ?? 'report', replaceAfterMs }
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
