import type { Drift } from '../../src/domain/drift.ts'
import type { KeptWitnessRecord } from '../../src/domain/witness-record.ts'

const ref = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'web' }

/** Ann scaled the Deployment shop/web from 3 to 5. */
export function aWitnessRecord(overrides: Partial<KeptWitnessRecord> = {}): KeptWitnessRecord {
  return {
    id: 'r1',
    at: '2026-01-01T00:00:00.000Z',
    cluster: 'prod',
    application: 'web',
    ref,
    user: 'ann@example.com',
    groups: ['on-call'],
    verb: 'update',
    manager: 'kubectl-edit',
    fields: [{ path: '/spec/replicas', before: 3, after: 5 }],
    pod: undefined,
    isDrift: true,
    outcome: 'allowed',
    exemption: undefined,
    heal: undefined,
    ...overrides,
  }
}

/** The drift that came of it. */
export function aDrift(overrides: Partial<Drift> = {}): Drift {
  return {
    ref,
    type: 'declared',
    fields: [{ path: '/spec/replicas', desired: 3, live: 5 }],
    offender: { manager: 'kubectl-edit', operation: 'Update', time: '2026-01-01T00:00:00Z' },
    message: '/spec/replicas changed by kubectl-edit',
    healed: true,
    ...overrides,
  }
}
