import type { Application } from '../../src/domain/application.ts'

/** An application with every default, for a test to change what it is about. */
export function anApplication(overrides: Partial<Application> = {}): Application {
  return {
    name: 'task-agent',
    forge: 'github',
    repo: 'https://github.com/acme/deploy.git',
    credentials: { kind: 'none' },
    branch: 'main',
    path: 'apps/task-agent',
    cluster: 'prod',
    namespace: 'default',
    render: { type: 'auto' },
    sync: {
      everyMs: 180_000,
      timeoutMs: 300_000,
      failAfter: {},
      prune: true,
      drift: 'heal',
      requireFastForward: false,
    },
    serviceAccount: undefined,
    allow: { namespaces: ['default'], clusterKinds: [], denyKinds: [] },
    ignore: [],
    managers: [],
    health: [],
    report: { statuses: 'changed' },
    handEdits: {
      policy: 'warn',
      exempt: { users: [], groups: [], annotation: true },
      masksValues: false,
    },
    touchedPods: { policy: 'report', replaceAfterMs: 900_000 },
    ...overrides,
  }
}
