import { randomBytes } from 'node:crypto'
import type { Logger } from 'pino'
import type { Application } from '../src/domain/application.ts'
import type { Beginning, Begun, Ending, Paused } from '../src/domain/application-record.ts'
import type { ApplicationStatus } from '../src/domain/application-status.ts'
import type { Clock } from '../src/domain/clock.ts'
import { StageError } from '../src/domain/error.ts'
import type { SyncFunction, SyncOutcome, SyncProgress } from '../src/domain/sync-request.ts'
import { isUrgent, looksForDrift, retryDelayMs } from '../src/domain/wanted.ts'
import type { WatchNote } from '../src/domain/watch-note.ts'
import { answering } from '../src/queue/answering.ts'
import type { ApplicationRecords } from '../src/queue/application-records.ts'
import type { SweepQueue } from '../src/queue/sweep-queue.ts'
import type { SyncQueue } from '../src/queue/sync-queue.ts'
import type { WantedChannel } from '../src/queue/wanted-channel.ts'
import { failedOutcome } from './failed-outcome.ts'
import type { WorkerMetrics } from './metrics.ts'
import { runSync, type SyncLimits } from './run-sync.ts'
import type { SyncKeeper } from './sync-keeper.ts'
import type { SyncReporter, Tip } from './sync-reporter.ts'
import type { Hold } from './sync-worker.ts'
import { createWantedAgain } from './wanted-again.ts'
import type { WitnessNotes } from './witness-notes.ts'

export interface SyncJobDeps {
  readonly applications: ReadonlyMap<string, Application>
  readonly records: ApplicationRecords
  readonly queue: SyncQueue
  readonly sweeps: SweepQueue
  readonly wanted: WantedChannel
  readonly sync: SyncFunction
  readonly keeper: SyncKeeper
  readonly reporter: SyncReporter
  /** Writes a pause into the application's cluster, where it outlives Redis. */
  readonly keepPause: (application: Application, paused: Paused) => Promise<void>
  /** The tip of the tracked branch, for an application that is paused. */
  readonly tipOf: (application: Application, signal: AbortSignal) => Promise<Tip>
  /** What the watcher knows of an application. */
  readonly watched: (application: Application) => Promise<WatchNote | undefined>
  /** undefined: its cluster has no witness. */
  readonly witnessNotesOf: (application: Application) => WitnessNotes | undefined
  readonly metrics: WorkerMetrics
  readonly limits: SyncLimits
  readonly clock: Clock
  readonly logger: Logger
}

/** What one sync works with. */
interface Work {
  readonly id: string
  readonly application: Application
  readonly begun: Begun
  /** How it stood before; read meanwhile, since the deploy does not need it. */
  readonly before: Promise<ApplicationStatus | undefined>
  readonly interrupted: AbortSignal
  readonly look: () => void
}

/**
 * Does what is wanted of one application, if anything still is. Where its hold is interrupted,
 * everything stays wanted.
 */
export function createSyncJob(deps: SyncJobDeps): (name: string, hold: Hold) => Promise<void> {
  return async (name, hold) => {
    const application = deps.applications.get(name)
    if (application === undefined) {
      deps.logger.warn({ application: name }, 'no such application is configured')
      return
    }
    const id = randomBytes(16).toString('hex')
    const wantedAgain = createWantedAgain(deps.wanted, name)
    try {
      const beginning = await deps.records.begin(name, id)
      if (beginning.kind !== 'begun') {
        await skip(deps, application, beginning, hold.interrupted)
        return
      }
      wantedAgain.begin(beginning.generation, leavesDrift(beginning))
      const before = deps.keeper.before(name)
      before.catch(() => {})
      const work = { id, application, begun: beginning, before, ...hold }
      let told = Promise.resolve()
      const outcome = await runSync({
        ...work,
        watched: await noteOf(deps, work),
        sync: deps.sync,
        limits: deps.limits,
        clock: deps.clock,
        wantedAgain: (what) => wantedAgain.signal(what),
        drifted: () => deps.records.suspects(name),
        // The deploy does not wait for what is told of it.
        async onProgress(progress) {
          told = tellBegin(deps, work, progress)
        },
      })
      await told
      if ('paused' in outcome) await takeUpPause(deps, work, outcome.paused)
      else await conclude(deps, work, outcome)
    } finally {
      wantedAgain.stop()
    }
  }
}

/** It is wanted still when the sync ends. */
function leavesDrift({ isDriftWanted, trigger }: Begun): boolean {
  return isDriftWanted && !looksForDrift(trigger)
}

/** Where Redis does not say, the sweep looks for itself. */
async function noteOf(deps: SyncJobDeps, work: Work): Promise<WatchNote | undefined> {
  // It may have been written before what is said to have drifted.
  if (work.begun.trigger !== 'sweep' || work.begun.isDriftWanted) return undefined
  return deps.watched(work.application).catch(() => undefined)
}

async function tellBegin(deps: SyncJobDeps, work: Work, progress: SyncProgress): Promise<void> {
  const { application } = work
  try {
    // A Redis that is away does not hold up a deploy.
    await answering(async () => {
      await deps.keeper.began(progress.record, await work.before)
      await deps.reporter.began(await speakerOf(work), progress)
    })
  } catch (error) {
    deps.logger.warn({ application: application.name, err: error }, 'progress not told')
  }
}

async function conclude(deps: SyncJobDeps, work: Work, outcome: SyncOutcome): Promise<void> {
  const { id, application, begun } = work
  const { name } = application
  if (!(await deps.records.holds(name, id))) {
    deps.logger.warn({ application: name, sync: id }, 'another sync took over; its record counts')
    return
  }
  await deps.keeper.ended(outcome, await work.before)
  if (isInterrupted(work, outcome)) {
    await deps.records.finish(name, id, { kind: 'interrupted' })
    await deps.queue.enqueue(name)
    return
  }
  tellMetrics(deps, begun, outcome)
  await deps.witnessNotesOf(application)?.ended(application, outcome)
  await deps.reporter.ended(await speakerOf(work), outcome)
  await finish(deps, work, outcome)
  if (leavesDrift(begun)) await deps.queue.enqueue(name)
  await letGo(deps, outcome)
  logOutcome(deps.logger, outcome)
}

async function finish(deps: SyncJobDeps, work: Work, outcome: SyncOutcome): Promise<void> {
  const { id, application, begun } = work
  const { retry, failedRevision, heldBack } = outcome
  const delayMs = retry === undefined ? undefined : retryDelayMs(retry, begun.attempts)
  const ending: Ending = {
    kind: 'finished',
    retryAt: delayMs === undefined ? undefined : (await deps.records.now()) + delayMs,
    failedRevision,
    heldBack,
  }
  const done = await deps.records.finish(application.name, id, ending)
  if (done && delayMs !== undefined) await deps.sweeps.scheduleRetry(application.name, delayMs)
}

/** Whoever lost an object to this sync still has it in its inventory. */
async function letGo(deps: SyncJobDeps, { takenFrom = [] }: SyncOutcome): Promise<void> {
  const losers = takenFrom.filter((name) => deps.applications.has(name))
  for (const name of losers) {
    await deps.records.want(name, { trigger: 'sweep', at: await deps.records.now() })
    await deps.queue.enqueue(name)
  }
}

/** A sync that came through although it was told to stop has done its work. */
function isInterrupted({ interrupted }: Work, { record }: SyncOutcome): boolean {
  return interrupted.aborted && record.phase === 'Failed'
}

async function skip(
  deps: SyncJobDeps,
  application: Application,
  beginning: Exclude<Beginning, { kind: 'begun' }>,
  signal: AbortSignal,
): Promise<void> {
  if (beginning.kind === 'quarantined') await quarantine(deps, application, beginning)
  if (beginning.kind !== 'paused') return
  await keepPause(deps, application, beginning.paused)
  if (!isUrgent(beginning.trigger)) return
  const { name, report, forge } = application
  deps.logger.info({ application: name, ...beginning.paused }, 'wanted, but paused')
  if (forge === undefined || report.statuses === 'never') return
  try {
    const tip = await deps.tipOf(application, signal)
    await deps.reporter.paused(application, tip, beginning.paused, beginning.sequence)
  } catch (error) {
    deps.logger.warn({ application: name, err: error }, 'pause not reported')
  }
}

/** Writes the pause into the cluster; the sweep asks again until that is done. */
async function keepPause(
  deps: SyncJobDeps,
  application: Application,
  paused: Paused,
): Promise<void> {
  const { name } = application
  try {
    await deps.keepPause(application, paused)
    await deps.records.keepPause(name, paused)
  } catch (error) {
    deps.logger.warn({ application: name, err: error }, 'pause not written into the cluster')
  }
}

/** Redis lost the pause, the cluster did not: what was wanted finds it in the next job. */
async function takeUpPause(
  deps: SyncJobDeps,
  { id, application: { name } }: Work,
  paused: Paused,
): Promise<void> {
  deps.logger.warn({ application: name, ...paused }, 'pause taken up again from the cluster')
  await deps.records.pause(name, paused)
  await deps.records.finish(name, id, { kind: 'interrupted' })
  await deps.queue.enqueue(name)
}

async function quarantine(
  deps: SyncJobDeps,
  application: Application,
  { crashes, sequence }: Extract<Beginning, { kind: 'quarantined' }>,
): Promise<void> {
  const { name } = application
  const text = `${name} is no longer synced: its last ${crashes} syncs ended their worker; push a correction, or run: landfall sync ${name}`
  const before = await deps.keeper.before(name)
  if (before?.message === text) return
  const now = new Date(deps.clock.now()).toISOString()
  const outcome = failedOutcome({
    id: randomBytes(16).toString('hex'),
    application: name,
    trigger: 'sweep',
    startedAt: now,
    finishedAt: now,
    failure: new StageError('SYNC_QUARANTINED', text),
    progress: undefined,
    failedRevision: undefined,
    heldBack: undefined,
  })
  deps.logger.error({ application: name, crashes }, 'application quarantined')
  await deps.keeper.ended(outcome, before)
  await deps.reporter.quarantined(application, text, sequence)
}

async function speakerOf({ application, begun, before }: Work) {
  return { application, begun, before: (await before)?.revision }
}

function tellMetrics({ metrics, clock }: SyncJobDeps, begun: Begun, { record }: SyncOutcome): void {
  metrics.synced(record)
  if (begun.pushedAt === undefined || record.phase !== 'Succeeded') return
  // The receiver's clock may be ahead of this one.
  metrics.pushApplied(Math.max(0, clock.now() - (record.stages.health ?? 0) - begun.pushedAt))
}

function logOutcome(logger: Logger, { record, quiet }: SyncOutcome): void {
  const { application, id, trigger, phase, revision, failure, message, warnings } = record
  const told = {
    application,
    sync: id,
    trigger,
    phase,
    revision,
    message,
    code: failure?.code,
    ...(warnings.length > 0 && { warnings }),
  }
  if (failure !== undefined && !quiet) logger.warn(told, 'sync failed')
  else if (quiet) logger.debug(told, 'sync changed nothing')
  else logger.info(told, 'sync ended')
}
