import type { Test } from 'tap'
import type { CommitStatus } from '../../src/domain/commit-status.ts'
import { createReports, type Reports } from '../../src/queue/reports.ts'
import { type ScriptedForge, scriptedForge } from './scripted-forge.ts'
import { type WorkerRig, workerRig } from './worker-rig.ts'

export interface ReportRig extends WorkerRig {
  readonly forge: ScriptedForge
  readonly reports: Reports
  submit(status: Partial<CommitStatus>, order?: Partial<Order>): Promise<void>
  metrics(): Promise<string>
}

interface Order {
  readonly sequence: number
  readonly mayReopen: boolean
}

/** A worker whose forge answers as the test says. */
export async function reportRig(t: Test, url: string): Promise<ReportRig> {
  const forge = scriptedForge()
  const rig = await workerRig(t, url, {
    forges: new Map([['github', forge]]),
    options: { firstReportBackoffMs: 20 },
  })
  const reports = createReports(rig.redis, rig.keys, () => {})
  t.teardown(() => reports.close())
  return {
    ...rig,
    forge,
    reports,
    submit: (status, order = {}) =>
      reports.submit({
        application: 'web',
        forge: 'github',
        repo: 'https://github.com/acme/deploy.git',
        status: { ...aStatus, ...status },
        sequence: 1,
        mayReopen: false,
        ...order,
      }),
    metrics: () => rig.registry.metrics(),
  }
}

export const aStatus: CommitStatus = {
  sha: 'a'.repeat(40),
  ref: 'refs/heads/main',
  state: 'pending',
  context: 'landfall/web',
  description: 'syncing',
  targetUrl: 'https://landfall.example.com/syncs/1',
}
