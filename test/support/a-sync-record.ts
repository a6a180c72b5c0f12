import { randomBytes } from 'node:crypto'
import type { SyncRecord } from '../../src/domain/sync.ts'

/** A push that was deployed and is healthy, for a test to change what it is about. */
export function aSyncRecord(record: Partial<SyncRecord> = {}): SyncRecord {
  return {
    id: randomBytes(16).toString('hex'),
    application: 'task-agent',
    trigger: 'push',
    phase: 'Succeeded',
    message: '1 configured, healthy in 1.3 s',
    revision: 'abc1234'.padEnd(40, '0'),
    author: 'Mona',
    subject: 'scale to three',
    committedAt: '2026-01-01T00:00:00Z',
    startedAt: '2026-01-01T00:00:01.000Z',
    finishedAt: '2026-01-01T00:00:02.300Z',
    stages: { source: 120, apply: 800 },
    counts: { configured: 1 },
    changes: [],
    drift: [],
    health: 'Healthy',
    failure: undefined,
    warnings: [],
    ...record,
  }
}
