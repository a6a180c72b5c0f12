import type { Desired, Origin } from '../domain/change.ts'
import { asStageError, type ErrorCode, type StageError } from '../domain/error.ts'
import type { Inventory } from '../domain/inventory.ts'
import { bareRef, type KubeObject, type ObjectRef, refKey } from '../domain/kube-object.ts'
import { uncheckedNote } from './apply-one.ts'
import { isDeferrable } from './deferral.ts'
import { refuseForeign, takenOverNote } from './foreign-owner.ts'
import { tellInherited } from './heirs.ts'
import { areDue, withoutHooks } from './hooks/due-hooks.ts'
import type { Hook, WithHooks } from './hooks/hook.ts'
import { ignoredPointers } from './ignored-field.ts'
import { mapInFlight, requestsInFlight } from './in-flight.ts'
import { untolerated } from './inspect-drift.ts'
import { observe } from './observe.ts'
import { payloadFor } from './payload.ts'
import { planLeaving } from './plan-prune.ts'
import { keptReason } from './prune-policy.ts'
import { planRecreation, recreationNote } from './recreate.ts'
import { splitDesired } from './split-desired.ts'
import type { Target } from './target.ts'
import { extraFieldsOf } from './verdict.ts'

/** What a sync of this commit would do to one object. */
export interface PlannedChange {
  readonly ref: ObjectRef
  readonly action: 'create' | 'configure' | 'delete' | 'keep' | 'reject' | 'unchanged'
  /** Values of Secrets are marks. */
  readonly fields: readonly {
    readonly path: string
    readonly before: unknown
    readonly after: unknown
  }[]
  readonly message: string
  readonly origin: Origin | undefined
}

/**
 * The server's own diff: each object dry-run and compared with what is live, extra fields that a
 * heal would remove included, and the hooks that would run. Writes nothing.
 */
export async function previewChanges(
  target: Target,
  wanted: Pick<WithHooks, 'desired' | 'hooks'>,
  known: Inventory,
  allowsPrune: boolean,
): Promise<PlannedChange[]> {
  const changes = await previewObjects(
    target,
    wanted.desired,
    withoutHooks(known, wanted),
    allowsPrune,
  )
  const hasChanges = changes.some(({ action }) => action !== 'unchanged' && action !== 'keep')
  const input = { hooks: wanted.hooks, inventory: known, isHealOnly: false, isAsked: false }
  return areDue(input, hasChanges) ? [...changes, ...wanted.hooks.map(plannedHook)] : changes
}

function plannedHook({ desired: { ref, origin }, phases }: Hook): PlannedChange {
  return { ref, action: 'create', fields: [], message: `${phases.join(', ')} hook`, origin }
}

async function previewObjects(
  target: Target,
  desired: readonly Desired[],
  inventory: Inventory,
  allowsPrune: boolean,
): Promise<PlannedChange[]> {
  const split = splitDesired(desired, inventory)
  const live = await observe(
    target,
    desired.map((item) => item.ref),
  )
  const { prune, inherited } = await planLeaving(target, {
    removed: split.removed,
    inventory,
    declared: desired.length,
    allowed: allowsPrune,
  })
  const managed = [
    ...split.added.map((item) => ({ desired: item, isNew: true })),
    ...[...split.changed, ...split.kept].map((item) => ({ desired: item.desired, isNew: false })),
  ]
  const coming = [...split.added, ...split.changed.map((item) => item.desired)]
  const changes = await mapInFlight(managed, requestsInFlight, ({ desired: item, isNew }) =>
    previewOne(target, { desired: item, isNew, listed: live.get(refKey(item.ref)), coming }),
  )
  const kept = inherited.map((one) => removal(bareRef(one.entry), 'keep', tellInherited(one)))
  if (prune.kind === 'none') return [...changes, ...kept]
  const reason = prune.kind === 'refused' ? prune.reason : 'sync.prune is false'
  return [
    ...changes,
    ...kept,
    ...(prune.kind === 'prune' ? prune.entries : []).map((entry) =>
      removal(bareRef(entry), 'delete', 'no longer in Git'),
    ),
    ...prune.kept.map((entry) =>
      removal(bareRef(entry), 'keep', prune.kind === 'prune' ? keptReason(entry) : reason),
    ),
  ]
}

function removal(ref: ObjectRef, action: 'delete' | 'keep', message: string): PlannedChange {
  return { ref, action, fields: [], message, origin: undefined }
}

interface Previewed {
  readonly desired: Desired
  /** It is not in the inventory. */
  readonly isNew: boolean
  readonly listed: KubeObject | undefined
  /** What the sync would write. */
  readonly coming: readonly Desired[]
}

async function previewOne(target: Target, previewed: Previewed): Promise<PlannedChange> {
  const { desired, isNew, listed } = previewed
  const { ref, origin } = desired
  try {
    const live = listed ?? (await target.client.get(ref))
    const takenFrom = isNew && live !== undefined ? await refuseForeign(target, live) : undefined
    const message = takenFrom === undefined ? '' : takenOverNote(takenFrom)
    const change = { ref, origin, message }
    const ignored = ignoredPointers(target.application.ignore, ref)
    const rules = target.application.managers
    const payload = payloadFor(desired, live, ignored, rules)
    const { object: predicted } = await target.client.apply(payload, { dryRun: true })
    if (live === undefined) return { ...change, action: 'create', fields: [] }
    // Extras are read off the prediction: there, fields that an apply takes back are ours again.
    const extras = extraFieldsOf(predicted, ignored, rules).map(({ pointer, value }) => ({
      path: pointer,
      before: value,
      after: undefined,
    }))
    const fields = [...untolerated(live, predicted, { ignored, rules }), ...extras].map(
      (field) => ({
        path: field.path,
        before: target.mask(ref, field.path, field.before),
        after: target.mask(ref, field.path, field.after),
      }),
    )
    return { ...change, action: fields.length === 0 ? 'unchanged' : 'configure', fields }
  } catch (error) {
    const failure = asStageError(error)
    if (failure.code !== 'OBJECT_IMMUTABLE') return refusal(previewed, failure)
    return previewRecreation(target, previewed, failure)
  }
}

/** Where a field cannot be changed: deleted and made anew, or refused. */
async function previewRecreation(
  target: Target,
  previewed: Previewed,
  failure: StageError,
): Promise<PlannedChange> {
  const { desired, listed } = previewed
  const { ref, origin } = desired
  const planned = {
    desired,
    reason: 'changed',
    entry: undefined,
    live: listed,
    predicted: undefined,
  } as const
  try {
    await planRecreation(target, planned, failure)
    const message = recreationNote(failure.text)
    return { ref, origin, fields: [], action: 'configure', message }
  } catch (error) {
    return refusal(previewed, asStageError(error))
  }
}

const toldCodes: readonly ErrorCode[] = [
  'OBJECT_NOT_FOUND',
  'PLAN_OWNED_BY_OTHER',
  'PLAN_UNKNOWN_KIND',
]

/** What cannot be checked yet is told as such; what the server refuses would stop the sync. */
function refusal({ desired, listed, coming }: Previewed, error: StageError): PlannedChange {
  const message = laterNote(desired, coming, error)
  const isTold = message !== undefined || toldCodes.includes(error.code)
  if (error.retry.kind !== 'never' && !isTold) throw error
  const { ref, origin } = desired
  const change = { ref, origin, fields: [] }
  if (message === undefined) return { ...change, action: 'reject', message: error.text }
  return { ...change, action: listed === undefined ? 'create' : 'configure', message }
}

/** Of what a sync would write without a look beforehand; undefined: it would not. */
function laterNote(
  desired: Desired,
  coming: readonly Desired[],
  error: StageError,
): string | undefined {
  if (error.code === 'ADMISSION_NO_DRY_RUN') return uncheckedNote(error.text)
  const isMissing = error.code === 'OBJECT_NOT_FOUND' || error.code === 'PLAN_UNKNOWN_KIND'
  return isMissing || isDeferrable(error, desired, coming)
    ? 'checked when what it needs exists'
    : undefined
}
