import type { Change } from '../../domain/change.ts'
import { asStageError, type ErrorCode, StageError } from '../../domain/error.ts'
import type { HookEntry } from '../../domain/inventory.ts'
import {
  bareRef,
  describeRef,
  type KubeObject,
  type ObjectRef,
  refKey,
} from '../../domain/kube-object.ts'
import type { Redact } from '../../domain/redact.ts'
import { whenServed } from '../await-kinds.ts'
import { readText } from '../health/read-field.ts'
import { requireScope } from '../require-scope.ts'
import type { Rollout } from '../rollout.ts'
import type { Target } from '../target.ts'
import { waitForObject } from '../wait-for.ts'
import { type Hook, hookKey, instanceOf, runAnnotation } from './hook.ts'
import { type HookLog, readHookLog } from './hook-log.ts'
import { isOwn, removeRun } from './make-room.ts'
import type { HookPhase } from './read-hook.ts'

export interface HookContext {
  readonly target: Target
  readonly rollout: Rollout
  /** Id of this sync. */
  readonly run: string
  /** Id of the last sync, where it had the same commit and did not come through. */
  readonly unfinished: string | undefined
  /** What earlier runs left, by `hookKey`. */
  readonly left: ReadonlyMap<string, readonly HookEntry[]>
  /** Masks what the application's own Secrets hold. */
  readonly redact: Redact
}

export interface HookResult {
  readonly hook: Hook
  readonly entry: HookEntry
  readonly change: Change
  readonly error: StageError | undefined
}

// The gate has told what it could: the rest hangs on what was written a moment ago.
const lateCodes: readonly ErrorCode[] = ['PLAN_UNKNOWN_KIND', 'OBJECT_INVALID', 'ADMISSION_DENIED']

const codes: Readonly<Record<HookPhase, ErrorCode>> = {
  'pre-sync': 'PRE_SYNC_FAILED',
  'post-sync': 'POST_SYNC_FAILED',
  'sync-fail': 'POST_SYNC_FAILED',
}

/**
 * Runs one hook to its end. What an earlier try of the same commit has begun is waited for, what it
 * has done is not done again; what any other run left makes room first.
 */
export async function runHook(
  context: HookContext,
  phase: HookPhase,
  hook: Hook,
): Promise<HookResult> {
  const before = findUnfinished(context, hook)
  if (before?.outcome === 'succeeded') {
    const entry = { ...before, run: context.run }
    const message = `${phase} hook, run by the sync before`
    return { hook, entry, change: changeOf(hook, before, 'created', message), error: undefined }
  }
  let made: Made = { ref: instanceOf(hook, context.run).ref, live: undefined }
  try {
    made = await begin(context, hook, before?.outcome === 'begun' ? before : undefined)
    await awaitSuccess(context, phase, made)
    await cleanUp(context, hook, made, 'succeeded')
    return {
      hook,
      entry: entryOf(context, hook, made, 'succeeded'),
      change: changeOf(hook, made.ref, 'created', `${phase} hook`),
      error: undefined,
    }
  } catch (cause) {
    context.target.signal.throwIfAborted()
    const error = asHookError(phase, made.ref, cause)
    await cleanUp(context, hook, made, 'failed')
    return {
      hook,
      entry: entryOf(context, hook, made, 'failed'),
      change: changeOf(hook, made.ref, 'failed', error.text),
      error,
    }
  }
}

/** Where the last sync got with the same hook; of one with two moments that is not known. */
export function findUnfinished(
  { left, unfinished }: Pick<HookContext, 'left' | 'unfinished'>,
  hook: Hook,
): HookEntry | undefined {
  if (hook.phases.length > 1) return undefined
  return left
    .get(hookKey(hook))
    ?.find(({ run, hash }) => run === unfinished && hash === hook.desired.hash)
}

interface Made {
  readonly ref: ObjectRef
  readonly live: KubeObject | undefined
}

async function begin(
  context: HookContext,
  hook: Hook,
  begun: HookEntry | undefined,
): Promise<Made & { readonly live: KubeObject }> {
  const { target, run, unfinished } = context
  const instance = instanceOf(hook, run)
  const underWay = begun === undefined ? undefined : await target.client.get(bareRef(begun))
  const isUnderWay =
    underWay !== undefined &&
    isOwn(target, underWay) &&
    underWay.metadata.deletionTimestamp === undefined &&
    underWay.metadata.annotations?.[runAnnotation] === unfinished
  if (!isUnderWay) await makeRoom(context, hook, instance.ref)
  // The annotation is moved to this run: should it be cut off as well, the next one knows it.
  const name = isUnderWay ? underWay.metadata.name : instance.object.metadata.name
  const object = { ...instance.object, metadata: { ...instance.object.metadata, name } }
  const apply = async () => {
    await requireScope(target, instance.ref)
    return target.client.apply(object)
  }
  const { object: live } = await whenServed(target, apply, lateCodes)
  return { ref: { ...instance.ref, name }, live }
}

async function makeRoom({ target, left }: HookContext, hook: Hook, ref: ObjectRef): Promise<void> {
  const others = (left.get(hookKey(hook)) ?? []).map(bareRef)
  const refs = new Map([ref, ...others].map((one) => [refKey(one), one]))
  for (const [key, old] of refs) {
    const live = await target.client.get(old)
    if (live === undefined) continue
    if (isOwn(target, live)) {
      if (!staysInPlace(hook) || key !== refKey(ref)) await removeRun(target, old, live)
    } else if (key === refKey(ref)) {
      const text = `${describeRef(ref)} is there already and was not made by this application; delete it, or give the hook another name`
      throw new StageError('PLAN_OWNED_BY_OTHER', text)
    }
  }
}

/** What runs must be made anew to run again; what others read may be written over. */
function staysInPlace({ desired, deletion }: Hook): boolean {
  return !['Job', 'Pod'].includes(desired.ref.kind) && !deletion.includes('before-creation')
}

/** Throws why it has not succeeded, with the end of its log. */
async function awaitSuccess(context: HookContext, phase: HookPhase, made: Made): Promise<void> {
  const { target, redact, rollout } = context
  const msLeft = () => Math.max(rollout.msLeft(), phase === 'sync-fail' ? failHookMs : 0)
  const reason =
    (await awaitHealthy(context, made, msLeft())) ??
    (await awaitPodEnd(context, made.ref, msLeft()))
  if (reason === undefined) return
  const log = made.live === undefined ? undefined : await readHookLog(target, made.live, redact)
  throw failureOf(phase, made.ref, { reason, log })
}

/** undefined: it is; for a Job that means that it has completed. */
async function awaitHealthy(
  { rollout }: HookContext,
  { ref, live }: Made,
  atMostMs: number,
): Promise<string | undefined> {
  const target = { ref, generation: live?.metadata.generation ?? 0, applied: live }
  const { kind, objects } = await rollout.awaitHealth([target], { atMostMs, isToTheEnd: true })
  const { health, message = '' } = objects[0]?.assessment ?? {}
  if (kind === 'timeout') return `${notInTime}: ${message}`
  return health === 'Healthy' ? undefined : message
}

// Where the rollout has taken all the time there was, they have some nevertheless: less than the
// margin that a worker gives a sync.
const failHookMs = 20_000

const notInTime = 'it has not ended within sync.timeout'

/** A pod that runs is healthy, and has not ended. */
async function awaitPodEnd(
  { target }: HookContext,
  ref: ObjectRef,
  atMostMs: number,
): Promise<string | undefined> {
  if (ref.group !== '' || ref.kind !== 'Pod') return undefined
  let phase = ''
  const hasEnded = (pod: KubeObject | undefined) => {
    phase = pod === undefined ? 'deleted' : (readText(pod, 'status', 'phase') ?? '')
    return ['Succeeded', 'Failed', 'deleted'].includes(phase)
  }
  const limit = AbortSignal.timeout(atMostMs)
  try {
    await waitForObject(target.own, ref, hasEnded, AbortSignal.any([target.signal, limit]))
  } catch (error) {
    if (!limit.aborted) throw error
    return notInTime
  }
  return phase === 'Succeeded' ? undefined : `its phase is ${phase}`
}

async function cleanUp(
  { target }: HookContext,
  { deletion }: Hook,
  { ref, live }: Made,
  when: 'succeeded' | 'failed',
): Promise<void> {
  if (live === undefined || !deletion.includes(when)) return
  const uid = live.metadata.uid ?? ''
  // One that stays is deleted before the next run.
  await target.client.remove(ref, { uid, propagation: 'Background' }).catch(() => 'gone')
}

function failureOf(
  phase: HookPhase,
  ref: ObjectRef,
  { reason, log }: { readonly reason: string; readonly log: HookLog | undefined },
): StageError {
  const head = `${phase} hook ${describeRef(ref)} failed`
  const text =
    log?.kind === 'lines'
      ? `${head}; its log ends: ${endOf(log.lines.slice(-3).join(' | '))}; ${reason}`
      : [`${head}: ${reason}`, log?.reason].filter(Boolean).join('; ')
  const message = log?.kind === 'lines' ? [reason, ...log.lines].join('\n') : reason
  return new StageError(codes[phase], text, { subjects: [{ object: describeRef(ref), message }] })
}

// GitHub shows 140 characters of a status: of those the last line says most.
const excerptLength = 60

function endOf(text: string): string {
  const points = Array.from(text)
  return points.length <= excerptLength ? text : `…${points.slice(1 - excerptLength).join('')}`
}

function asHookError(phase: HookPhase, ref: ObjectRef, cause: unknown): StageError {
  const error = asStageError(cause)
  if (error.code === codes[phase]) return error
  const text = `${phase} hook ${describeRef(ref)} failed: ${error.text}`
  return new StageError(codes[phase], text, { cause: error, retry: error.retry })
}

function entryOf(
  { run }: HookContext,
  { desired }: Hook,
  { ref, live }: Made,
  outcome: HookEntry['outcome'],
): HookEntry {
  const uid = live?.metadata.uid ?? ''
  return { ...bareRef(ref), declared: desired.ref.name, uid, hash: desired.hash, run, outcome }
}

function changeOf(hook: Hook, ref: ObjectRef, action: Change['action'], message: string): Change {
  return { ref: bareRef(ref), action, message, origin: hook.desired.origin }
}
