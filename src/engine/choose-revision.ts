import type { Application } from '../domain/application.ts'
import { asStageError, StageError } from '../domain/error.ts'
import type { Inventory } from '../domain/inventory.ts'
import { parseCommitSha, type Revision, shortSha } from '../domain/revision.ts'
import type { SyncRequest } from '../domain/sync-request.ts'
import type { Source } from '../source/source.ts'

/** Which commit a sync works with. */
export interface ChosenRevision {
  readonly revision: Revision
  /** Why it is the last applied commit and not the branch's tip; undefined: it is the tip. */
  readonly heldBack: StageError | undefined
  /** The forge announced a commit that it does not serve yet. */
  readonly isStale: boolean
  /** Why the tip must not be deployed, though somebody asked for it. */
  readonly refused: StageError | undefined
}

/**
 * The tip of the tracked branch; for a drift job, or a sweep that cannot have or must not retry the
 * tip, the last applied commit from the mirror. Throws SOURCE_* errors.
 */
export async function chooseRevision(
  source: Source,
  application: Application,
  request: SyncRequest,
  inventory: Inventory,
): Promise<ChosenRevision> {
  const known = request.fetch ? undefined : await lastApplied(source, application, inventory)
  if (known !== undefined) {
    const { failedRevision = '' } = request
    const heldBack = refuseFailed(application, request, failedRevision, inventory)
    return { ...chosen(known), heldBack }
  }
  try {
    return await chooseTip(source, application, request, inventory)
  } catch (error) {
    if (!isBackground(request) || request.signal.aborted) throw error
    const last = await lastApplied(source, application, inventory)
    if (last === undefined) throw error
    return { ...chosen(last), heldBack: asStageError(error) }
  }
}

async function chooseTip(
  source: Source,
  application: Application,
  request: SyncRequest,
  inventory: Inventory,
): Promise<ChosenRevision> {
  const tip = await source.fetchTip(application, request.signal)
  const refused =
    (await refuseRewrite(source, application, tip, inventory)) ??
    refuseFailed(application, request, tip.sha, inventory)
  if (refused !== undefined && isBackground(request)) throw refused
  const isStale = await lagsBehind(source, application, request, tip)
  return { ...chosen(tip), isStale, refused }
}

function chosen(revision: Revision): ChosenRevision {
  return { revision, heldBack: undefined, isStale: false, refused: undefined }
}

/** Nobody waits for it: what cannot be had now, the next one may have. */
function isBackground({ trigger }: SyncRequest): boolean {
  return trigger === 'sweep' || trigger === 'drift'
}

function refuseFailed(
  application: Application,
  request: SyncRequest,
  sha: string,
  inventory: Inventory,
): StageError | undefined {
  const isNews = sha !== request.failedRevision || sha === inventory.revision
  if (isNews || !isBackground(request)) return undefined
  const failure = inventory.history.find((row) => row.revision === sha)?.failure
  const reason = failure === undefined ? '' : ` (${failure.text})`
  return new StageError(
    'SOURCE_REFUSED',
    `${shortSha(sha)} failed before${reason} and is not tried again; push a correction, or run: landfall sync ${application.name}`,
  )
}

async function lastApplied(
  source: Source,
  application: Application,
  inventory: Inventory,
): Promise<Revision | undefined> {
  const sha = parseCommitSha(inventory.revision ?? '')
  return sha === undefined ? undefined : source.localRevision(application, sha)
}

async function refuseRewrite(
  source: Source,
  application: Application,
  tip: Revision,
  inventory: Inventory,
): Promise<StageError | undefined> {
  const applied = parseCommitSha(inventory.revision ?? '')
  if (!application.sync.requireFastForward || applied === undefined) return undefined
  if (await source.isAncestor(application, applied, tip.sha)) return undefined
  return new StageError(
    'SOURCE_NOT_FAST_FORWARD',
    `${application.branch} was rewritten: ${shortSha(tip.sha)} does not contain ${shortSha(applied)}, which is deployed; push a commit on top of it, or set sync.requireFastForward: false`,
  )
}

async function lagsBehind(
  source: Source,
  application: Application,
  request: SyncRequest,
  tip: Revision,
): Promise<boolean> {
  const expected = parseCommitSha(request.expectedSha ?? '')
  if (expected === undefined || expected === tip.sha) return false
  return !(await source.isAncestor(application, expected, tip.sha))
}
