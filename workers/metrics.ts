import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { SyncRecord } from '../src/domain/sync.ts'

const seconds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300]

export interface WorkerMetrics {
  synced(record: SyncRecord): void
  /** From the push's delivery to the end of its last write. */
  pushApplied(ms: number): void
  reported(forge: string, outcome: 'sent' | 'refused' | 'deferred'): void
}

/** Registers a worker's metrics; once per registry. */
export function createWorkerMetrics(registry: Registry): WorkerMetrics {
  const registers = [registry]
  const syncs = new Counter({
    name: 'landfall_sync_total',
    help: 'Syncs by what asked for them and how they ended',
    labelNames: ['application', 'trigger', 'phase'],
    registers,
  })
  const stages = new Histogram({
    name: 'landfall_sync_duration_seconds',
    help: 'Time a sync spent in each of its stages',
    labelNames: ['application', 'stage'],
    buckets: seconds,
    registers,
  })
  const pushes = new Histogram({
    name: 'landfall_push_to_applied_seconds',
    help: 'Time from the delivery of a push until its last object was written',
    buckets: seconds,
    registers,
  })
  const drifts = new Counter({
    name: 'landfall_drift_total',
    help: 'Drift found, by kind of object and of drift',
    labelNames: ['application', 'kind', 'type'],
    registers,
  })
  const contended = new Counter({
    name: 'landfall_drift_contended_total',
    help: 'Drift found and left, since somebody undoes each heal, by kind of object',
    labelNames: ['application', 'kind'],
    registers,
  })
  const heals = new Histogram({
    name: 'landfall_drift_heal_seconds',
    help: 'Time from the start of the sync that found drift until it was healed',
    buckets: seconds,
    registers,
  })
  const reports = new Counter({
    name: 'landfall_report_total',
    help: 'Commit statuses by what became of them',
    labelNames: ['forge', 'outcome'],
    registers,
  })
  return {
    synced({ application, trigger, phase, stages: took, drift }) {
      syncs.inc({ application, trigger, phase })
      for (const [stage, ms] of Object.entries(took)) {
        stages.observe({ application, stage }, ms / 1000)
      }
      for (const { ref, type, contended: isContended } of drift) {
        drifts.inc({ application, kind: ref.kind, type })
        if (isContended === true) contended.inc({ application, kind: ref.kind })
      }
      if (drift.some((item) => item.healed)) heals.observe(appliedMs(took) / 1000)
    },
    pushApplied: (ms) => pushes.observe(ms / 1000),
    reported: (forge, outcome) => reports.inc({ forge, outcome }),
  }
}

function appliedMs(stages: SyncRecord['stages']): number {
  const all = Object.values(stages).reduce((sum, ms) => sum + ms, 0)
  return all - (stages.health ?? 0)
}

/** Counts what is asked of API servers; once per registry. */
export function createRequestCounter(registry: Registry): (verb: string, code: number) => void {
  const requests = new Counter({
    name: 'landfall_kube_requests_total',
    help: 'Requests to the API servers',
    labelNames: ['verb', 'code'],
    registers: [registry],
  })
  return (verb, code) => requests.inc({ verb, code })
}

/** Counts changed configurations; once per registry. */
export function createReloadCounter(registry: Registry): (outcome: 'applied' | 'refused') => void {
  const reloads = new Counter({
    name: 'landfall_config_reload_total',
    help: 'Changed configurations by what became of them',
    labelNames: ['outcome'],
    registers: [registry],
  })
  return (outcome) => reloads.inc({ outcome })
}

interface QueueView {
  counts(): Promise<Readonly<Record<string, number>>>
  applications(): Promise<
    readonly {
      readonly name: string
      readonly syncStatus: string
      readonly health: string
      readonly revision: string | undefined
    }[]
  >
}

/** Registers what is read from Redis when it is asked for; Redis away: those are left out. */
export function registerQueueMetrics(registry: Registry, view: QueueView): void {
  const jobs = new Gauge({
    name: 'landfall_queue_jobs',
    help: 'Sync jobs by state',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      jobs.reset()
      const counts = await view.counts().catch(() => ({}))
      for (const [state, count] of Object.entries(counts)) jobs.set({ state }, count)
    },
  })
  const info = new Gauge({
    name: 'landfall_application_info',
    help: 'Always 1; what is known of an application is in the labels',
    labelNames: ['application', 'sync_status', 'health', 'revision'],
    registers: [registry],
    async collect() {
      info.reset()
      const applications = await view.applications().catch(() => [])
      for (const { name, syncStatus, health, revision = '' } of applications) {
        info.set({ application: name, sync_status: syncStatus, health, revision }, 1)
      }
    },
  })
}
