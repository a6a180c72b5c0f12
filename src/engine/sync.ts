import type { Cluster } from '../cluster/cluster.ts'
import type { Application } from '../domain/application.ts'
import type { Paused } from '../domain/application-record.ts'
import type { Clock } from '../domain/clock.ts'
import { asStageError, StageError } from '../domain/error.ts'
import type { Redact } from '../domain/redact.ts'
import type { FoundPaused, SyncFunction, SyncOutcome, SyncRequest } from '../domain/sync-request.ts'
import { type ChosenRevision, chooseRevision } from './choose-revision.ts'
import { endHooks } from './hooks/end-hooks.ts'
import { isTouched } from './is-touched.ts'
import type { MaskField } from './mask-secret.ts'
import { withRecord } from './next-inventory.ts'
import { type Reconciled, reconcile } from './reconcile.ts'
import { type RenderDeps, renderDesired } from './render-desired.ts'
import { createRollout, type RolloutDeps } from './rollout.ts'
import { requireServiceAccount } from './service-account.ts'
import { settle } from './settle.ts'
import { createJournal } from './sync-journal.ts'
import { concludeFailure, concludeSync } from './sync-outcome.ts'
import { type ApplicationMemory, createRun, type Run } from './sync-run.ts'
import type { Target } from './target.ts'
import { tellCluster } from './tell-cluster.ts'

export interface SyncDeps extends RenderDeps, RolloutDeps {
  /** The cluster of that name in the configuration. */
  readonly clusterOf: (name: string) => Cluster
  readonly clock: Clock
  readonly mask: MaskField
  readonly redact: Redact
}

/**
 * One sync, from commit to healthy: source, render, plan, gate, write, prune, health. Keeps, per
 * application and only in memory, which versions it judged to be as Git wants them and how healthy
 * they were.
 */
export function createSync(deps: SyncDeps): SyncFunction {
  const memories = new Map<string, ApplicationMemory>()
  return async (application, request) => {
    const cluster = deps.clusterOf(application.cluster)
    const run = createRun({
      application,
      request,
      memories,
      target: targetOf(deps, cluster, application, request),
      journal: createJournal({
        id: request.id,
        application: application.name,
        trigger: request.trigger,
        clock: deps.clock,
        redact: deps.redact,
      }),
    })
    try {
      return await runSync(deps, run)
    } catch (error) {
      const outcome = concludeFailure(run, explain(request, error))
      if (!outcome.quiet) await remember(run, outcome)
      return outcome
    }
  }
}

async function runSync(deps: SyncDeps, run: Run): Promise<SyncOutcome | FoundPaused> {
  const paused = await readInventory(run)
  if (paused !== undefined) return { paused }
  const { revision, heldBack } = await choose(deps, run)
  const { application, request, journal, target } = run
  await requireServiceAccount(target.own, application)
  const { desired, hooks, warnings } = await journal.time('render', () =>
    renderDesired(deps, target.cluster, { application, revision, signal: request.signal }),
  )
  journal.warnings.push(...warnings)
  const rollout = createRollout(deps, { target, request, revision: revision.sha })
  const reconciled = await reconcile(
    target,
    {
      rollout,
      syncId: request.id,
      revision,
      desired,
      hooks,
      isAsked: request.trigger === 'manual',
      inventory: run.inventory,
      isFull: request.trigger !== 'push' && request.trigger !== 'pull-request',
      isHealOnly: heldBack !== undefined || !request.fetch,
      judged: run.memory.judged,
      now: new Date(deps.clock.now()).toISOString(),
      onPlan: async ({ changes }) => {
        if (changes) await run.touch()
      },
    },
    journal,
  )
  run.inventory = reconciled.inventory
  const settled = await journal.time('health', () =>
    settle({
      rollout,
      memory: run.memory,
      desired,
      reconciled,
      isAwaited: isAwaited(run, reconciled),
    }),
  )
  const hookFailure = await endHooks(run, reconciled, settled)
  const failure = settled.failure ?? hookFailure
  const outcome = concludeSync(run, { desired, reconciled, settled: { ...settled, failure } })
  const at = outcome.record.finishedAt ?? outcome.record.startedAt
  await tellCluster(target.own, outcome.record.drift, {
    id: request.id,
    at,
    entries: reconciled.inventory.entries,
  })
  if (reconciled.wrote || !outcome.quiet) await remember(run, outcome)
  return outcome
}

/** Where not all could be written, there is no rollout to wait for. */
function isAwaited(
  { isTouched, request }: Run,
  { wrote, failure, isSuperseded }: Reconciled,
): boolean {
  if (failure !== undefined || isSuperseded) return false
  return wrote || isTouched || request.trigger === 'manual'
}

/** Gives the pause that the inventory remembers, if nobody has ended it. */
async function readInventory(run: Run): Promise<Paused | undefined> {
  const { application, request, journal, target } = run
  const { paused, ...inventory } = await journal.time('observe', () =>
    target.cluster.inventory.read(application.name),
  )
  if (paused !== undefined && !request.isResumed) return paused
  run.inventory = { ...inventory, paused: undefined }
  run.hasReadInventory = true
  return undefined
}

async function choose(deps: SyncDeps, run: Run): Promise<ChosenRevision> {
  const { application, request, journal } = run
  const chosen = await journal.time('source', () =>
    chooseRevision(deps.source, application, request, run.inventory),
  )
  const { revision, heldBack, refused } = chosen
  run.chosen = chosen
  journal.revision = revision
  if (heldBack !== undefined) journal.warnings.push(heldBack.text)
  const touched = await isTouched(deps.source, application, run.inventory, revision)
  if (touched || refused !== undefined) await run.touch()
  if (refused !== undefined) throw refused
  return chosen
}

function targetOf(
  deps: SyncDeps,
  cluster: Cluster,
  application: Application,
  request: SyncRequest,
): Target {
  const beforeSend = () => request.beforeRequest()
  return {
    application,
    cluster,
    client: cluster.as(application.serviceAccount, request.signal, beforeSend),
    own: cluster.as(undefined, request.signal, beforeSend),
    partOf: cluster.inventory.partOf(application.name),
    mask: deps.mask,
    signal: request.signal,
  }
}

/** An aborted sync fails with whatever was cut off; what ended it is the reason to tell. */
function explain(request: SyncRequest, error: unknown): StageError {
  const reason: unknown = request.signal.reason
  return request.signal.aborted && reason instanceof StageError ? reason : asStageError(error)
}

/**
 * Puts the record into the cluster's history. A sync that never read the inventory, or lost its
 * place to another one, has nothing to write there.
 */
async function remember(run: Run, outcome: SyncOutcome): Promise<void> {
  const { application, target } = run
  if (!run.hasReadInventory) return
  try {
    const next = withRecord(run.inventory, outcome.record)
    run.inventory = await target.cluster.inventory.write(application.name, next)
  } catch {
    // The record stands in the queue's store as well; the next sync's history goes on from there.
  }
}
