import type { Cluster } from '../cluster/cluster.ts'
import type { Application } from '../domain/application.ts'
import type { Paused } from '../domain/application-record.ts'
import type { Clock } from '../domain/clock.ts'
import { asStageError, StageError } from '../domain/error.ts'
import { createLearningRedactor, type Redact } from '../domain/redact.ts'
import type { FoundPaused, SyncFunction, SyncOutcome, SyncRequest } from '../domain/sync-request.ts'
import { isUrgent } from '../domain/wanted.ts'
import type { Source } from '../source/source.ts'
import { type ChosenRevision, chooseRevision } from './choose-revision.ts'
import { fetchAhead } from './fetch-ahead.ts'
import { healMeanwhile } from './heal-meanwhile.ts'
import { endHooks } from './hooks/end-hooks.ts'
import { isTouched } from './is-touched.ts'
import { keepLook, type Look, lookFor } from './look-for.ts'
import type { MaskField } from './mask-secret.ts'
import { nameOffenders, type ReadWitnessed } from './name-offenders.ts'
import { createNeighbours, noNeighbours } from './neighbours.ts'
import { withRecord } from './next-inventory.ts'
import { type Reconciled, type ReconcileInput, reconcile } from './reconcile.ts'
import { type RenderDeps, renderDesired } from './render-desired.ts'
import { createRollout, type RolloutDeps } from './rollout.ts'
import { requireServiceAccount } from './service-account.ts'
import { settle } from './settle.ts'
import { createJournal } from './sync-journal.ts'
import { concludeFailure, concludeSync } from './sync-outcome.ts'
import { type ApplicationMemory, createRun, type Run } from './sync-run.ts'
import type { Target } from './target.ts'
import { tellCluster } from './tell-cluster.ts'

export interface SyncDeps extends RenderDeps, Omit<RolloutDeps, 'clock'> {
  /** The cluster of that name in the configuration. */
  readonly clusterOf: (name: string) => Cluster
  /** All that are configured. */
  readonly applications: readonly Application[]
  /** One for each sync: it must not jump while that waits. */
  readonly startClock: () => Clock
  readonly mask: MaskField
  readonly redact: Redact
  /** undefined: no cluster has a witness. */
  readonly witnessed?: ReadWitnessed | undefined
}

/**
 * One sync, from commit to healthy: source, render, plan, gate, write, prune, health. Keeps, per
 * application and only in memory, which versions it judged to be as Git wants them and how healthy
 * they were.
 */
export function createSync(deps: SyncDeps): SyncFunction {
  const memories = new Map<string, ApplicationMemory>()
  return async (application, request) => {
    const clock = deps.startClock()
    const cluster = deps.clusterOf(application.cluster)
    const decrypted = createLearningRedactor()
    const redact: Redact = (text) => decrypted.redact(deps.redact(text))
    const run = createRun({
      application,
      request,
      memories,
      target: targetOf(deps, cluster, application, request),
      journal: createJournal({
        id: request.id,
        application: application.name,
        trigger: request.trigger,
        clock,
        redact,
      }),
      redactor: { redact, learn: decrypted.learn },
    })
    try {
      return await runSync({ ...deps, clock }, run)
    } catch (error) {
      const outcome = concludeFailure(run, explain(request, error))
      if (!outcome.quiet) await remember(run, outcome)
      return outcome
    } finally {
      if (run.hasReadInventory) run.memory.inventory = run.inventory
    }
  }
}

async function runSync(deps: SyncDeps & RolloutDeps, run: Run): Promise<SyncOutcome | FoundPaused> {
  const found = await find(deps, run)
  if ('paused' in found) return found
  const { revision } = found
  const { application, request, journal } = run
  const { target, isHealOnly } = withNeighbours(deps, run, found)
  const look = await startLook(deps, run)
  const { desired, hooks, warnings } = await journal.time('render', () =>
    renderDesired(deps, target.cluster, {
      application,
      revision,
      signal: request.signal,
      onDecrypted: run.redactor.learn,
    }),
  )
  journal.warnings.push(...warnings)
  // Nobody waits to hear how a heal went: it makes way for whatever is wanted next.
  const makesWay = () => !isUrgent(request.trigger) && !run.isTouched
  const rollout = createRollout(deps, {
    target,
    request,
    revision: revision.sha,
    desired,
    makesWay,
  })
  const input: ReconcileInput = {
    rollout,
    syncId: request.id,
    revision,
    desired,
    hooks,
    isAsked: request.trigger === 'manual',
    inventory: run.inventory,
    look,
    suspects: request.suspects === undefined ? undefined : new Set(request.suspects),
    isHealOnly,
    judged: run.memory.judged,
    now: new Date(deps.clock.now()).toISOString(),
    onPlan: async ({ changes }) => {
      if (changes) await run.touch()
    },
  }
  const reconciled = await reconcile(target, input, journal)
  run.inventory = reconciled.inventory
  journal.drift = await nameOffenders(deps.witnessed, journal.drift, {
    application: application.name,
    entries: input.inventory.entries,
  })
  if (request.suspects === undefined) keepLook(run, look, deps.clock.now())
  await takeTold(run)
  const settled = await journal.time('health', () =>
    settle({
      rollout,
      memory: run.memory,
      desired,
      reconciled,
      suspects: request.suspects,
      watched: request.watched,
      isAwaited: isAwaited(run, reconciled),
      makesWay: makesWay(),
      drifted: () => request.wantedAgain('drift'),
      heal: (before) => healMeanwhile({ run, target, input, witnessed: deps.witnessed }, before),
    }),
  )
  const hookFailure = await endHooks(run, reconciled, settled)
  const failure = settled.failure ?? hookFailure
  const outcome = concludeSync(run, { desired, reconciled, settled: { ...settled, failure } })
  if (!outcome.quiet) {
    const at = outcome.record.finishedAt ?? outcome.record.startedAt
    await tellCluster(target.own, outcome.record.drift, {
      id: request.id,
      at,
      entries: reconciled.inventory.entries,
    })
  }
  if (reconciled.wrote || !outcome.quiet) await remember(run, outcome)
  return outcome
}

/** Another worker may have seen an object ill, or well again. */
async function takeTold({ request, memory }: Run): Promise<void> {
  const told = await request.told()
  if (told !== undefined && told.length > 0) memory.objects = told
}

/** What the others have in this commit is known only where it is the tip of the branch. */
function withNeighbours(
  deps: SyncDeps,
  { application, target, request, redactor }: Run,
  { revision, heldBack }: ChosenRevision,
): { readonly target: Target; readonly isHealOnly: boolean } {
  const isHealOnly = heldBack !== undefined || !request.fetch
  const neighbours = createNeighbours({
    render: deps,
    cluster: target.cluster,
    application,
    applications: deps.applications,
    revision: isHealOnly ? undefined : revision,
    signal: request.signal,
    onDecrypted: redactor.learn,
  })
  return { target: { ...target, neighbours }, isHealOnly }
}

/** What nobody looks at needs no account to look with. */
async function startLook({ clock }: RolloutDeps, run: Run): Promise<Look> {
  const { application, request, target } = run
  const look = await lookFor(run, clock.now())
  const isAtRest = request.trigger === 'sweep' && look === 'none' && !run.isTouched
  if (!isAtRest) await requireServiceAccount(target.own, application)
  return look
}

/** Where not all could be written, there is no rollout to wait for. */
function isAwaited(
  { isTouched, request }: Run,
  { wrote, failure, isSuperseded }: Reconciled,
): boolean {
  if (failure !== undefined || isSuperseded) return false
  return wrote || isTouched || request.trigger === 'manual'
}

/** The inventory, and the commit to work with. */
async function find({ source }: SyncDeps, run: Run): Promise<ChosenRevision | FoundPaused> {
  const ahead = fetchAhead(source, run.application, run.request)
  try {
    const paused = await readInventory(run)
    return paused === undefined ? await choose(ahead.source, run) : { paused }
  } finally {
    ahead.giveUp()
  }
}

/** Gives the pause that the inventory remembers, if nobody has ended it. */
async function readInventory(run: Run): Promise<Paused | undefined> {
  const { application, request, journal, target, memory } = run
  const isKnown = request.watched?.inventory === memory.inventory?.resourceVersion
  const known = request.watched !== undefined && isKnown ? memory.inventory : undefined
  const { paused, ...inventory } =
    known ?? (await journal.time('observe', () => target.cluster.inventory.read(application.name)))
  if (paused !== undefined && !request.isResumed) return paused
  run.inventory = { ...inventory, paused: undefined }
  run.hasReadInventory = true
  journal.allowed = inventory.history[0]?.allowed ?? []
  return undefined
}

async function choose(source: Source, run: Run): Promise<ChosenRevision> {
  const { application, request, journal } = run
  const found = await journal.time('source', () =>
    chooseRevision(source, application, request, run.inventory).catch((error: unknown) => {
      keepHeldBack(run, asStageError(error))
      throw error
    }),
  )
  keepHeldBack(run, found.heldBack ?? found.refused)
  // A heal asks no remote: what held the tip back still does.
  const held = request.fetch ? undefined : run.heldBack
  const kept = held && new StageError(held.code, held.text)
  const chosen = { ...found, heldBack: found.heldBack ?? kept }
  const { revision, heldBack, refused } = chosen
  run.chosen = chosen
  journal.revision = revision
  if (heldBack !== undefined) journal.warnings.push(heldBack.text)
  const touched = await isTouched(source, application, run.inventory, revision)
  if (touched || refused !== undefined) await run.touch()
  if (refused !== undefined) throw refused
  return chosen
}

function keepHeldBack(run: Run, reason: StageError | undefined): void {
  const { fetch, signal } = run.request
  if (fetch && !signal.aborted) run.heldBack = reason && { code: reason.code, text: reason.text }
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
    neighbours: noNeighbours,
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
