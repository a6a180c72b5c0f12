import type { Desired } from '../domain/change.ts'
import { asStageError, StageError } from '../domain/error.ts'
import { describeRef, refKey } from '../domain/kube-object.ts'
import { applyOne, type Written } from './apply-one.ts'
import type { AwaitedHealth, HealthTarget } from './await-health.ts'
import { awaitEstablished } from './await-kinds.ts'
import { isAdmissionRule } from './deferral.ts'
import { requestsInFlight } from './in-flight.ts'
import { orderGraph } from './order/order-graph.ts'
import type { OrderNode } from './order/order-node.ts'
import { runSchedule, type StepResult } from './order/run-schedule.ts'
import { createSchedule, neededFor } from './order/schedule.ts'
import { defines } from './place-objects.ts'
import { retryAfterMs } from './retry-write.ts'
import type { Rollout } from './rollout.ts'
import type { PlannedWrite, Target } from './target.ts'
import { pause, systemTimers } from './timers.ts'
import { unhealthyError, unwellObjects } from './unhealthy-error.ts'

export interface ApplyInput {
  readonly writes: readonly PlannedWrite[]
  /** All objects of the application, those that need no write too: others may wait for them. */
  readonly desired: readonly Desired[]
  /** What to wait for where an object that is not written has to be healthy; by refKey. */
  readonly standing: ReadonlyMap<string, HealthTarget>
  readonly rollout: Rollout
}

export interface AppliedWrites {
  readonly written: readonly Written[]
  /** Why what others waited for did not become healthy. */
  readonly unhealthy: StageError | undefined
  /** A newer commit came while some waited: they were not written. */
  readonly isSuperseded: boolean
}

/**
 * Writes each object as soon as what it needs is there, and healthy where its annotations ask for
 * that. A failed object stops only what depends on it; each object has its own result.
 */
export async function applyWrites(target: Target, input: ApplyInput): Promise<AppliedWrites> {
  const writing = createWriting(target, input)
  const keys = new Set(input.writes.map(({ desired }) => refKey(desired.ref)))
  const nodes = neededFor(orderGraph(input.desired, lateOf(input.writes)), keys)
  await runSchedule(createSchedule(nodes), requestsInFlight, ({ node, blockedBy }) =>
    node.kind === 'gate' ? writing.gate(node, blockedBy) : writing.object(node, blockedBy),
  )
  return writing.result()
}

/** By refKey, what the server has refused, perhaps for a rule of admission that is about to change. */
function lateOf(writes: readonly PlannedWrite[]): ReadonlySet<string> {
  if (!writes.some(({ desired }) => isAdmissionRule(desired.ref))) return new Set()
  const denied = writes.filter(({ unchecked }) => unchecked?.code === 'ADMISSION_DENIED')
  return new Set(denied.map(({ desired }) => refKey(desired.ref)))
}

function createWriting(target: Target, { writes, desired, standing, rollout }: ApplyInput) {
  const byKey = new Map(writes.map((write) => [refKey(write.desired.ref), write]))
  const done = new Map<string, Written>()
  const refused = new Map<string, StageError>()
  const retries = new Map<string, number>()
  let isSuperseded = false

  function skip(write: PlannedWrite, blockedBy: string): Written {
    const cause = refused.get(blockedBy) ?? done.get(blockedBy)?.error
    const blocker = done.get(blockedBy)?.desired.ref
    const text =
      blocker === undefined
        ? `${describeRef(write.desired.ref)} waits for ${cause?.text ?? blockedBy}`
        : `${describeRef(write.desired.ref)} needs ${describeRef(blocker)}, which failed`
    const options = cause === undefined ? {} : { cause, retry: cause.retry }
    const error = new StageError('APPLY_INCOMPLETE', text, options)
    return { desired: write.desired, action: 'skipped', live: undefined, drift: [], error }
  }

  function retryMs(key: string, planned: PlannedWrite, error: StageError): number | undefined {
    const count = retries.get(key) ?? 0
    const ms = retryAfterMs(planned, error, { desired, count })
    retries.set(key, count + 1)
    return ms !== undefined && ms < rollout.msLeft() ? ms : undefined
  }

  async function write(key: string, planned: PlannedWrite): Promise<StepResult> {
    try {
      const written = await applyOne(target, planned)
      done.set(key, written)
      await establish(written)
      return 'success'
    } catch (cause) {
      const error = asStageError(cause)
      const ms = retryMs(key, planned, error)
      if (ms !== undefined) return { againAfter: () => pause(systemTimers, ms, target.signal) }
      done.set(key, {
        desired: planned.desired,
        action: 'failed',
        live: done.get(key)?.live,
        drift: [],
        error,
      })
      return 'failure'
    }
  }

  /** Waits until a CRD is served, when objects of its kind come after. */
  async function establish({ desired: { object, ref } }: Written): Promise<void> {
    const isNeeded = writes.some(({ desired: other }) => defines(object, other.ref))
    if (isNeeded) await awaitEstablished(target, ref)
  }

  return {
    async object({ key }: OrderNode, blockedBy: string | undefined): Promise<StepResult> {
      target.signal.throwIfAborted()
      const planned = byKey.get(key)
      if (planned === undefined) return blockedBy === undefined ? 'success' : 'failure'
      if (blockedBy === undefined) return write(key, planned)
      done.set(key, skip(planned, blockedBy))
      return 'failure'
    },

    async gate({ key, awaited }: OrderNode, blockedBy: string | undefined): Promise<StepResult> {
      if (blockedBy !== undefined) return 'failure'
      const targets = awaited.flatMap((one) => targetOf(done.get(one)) ?? standing.get(one) ?? [])
      const waited = await rollout.awaitHealth(targets)
      if (waited.kind === 'healthy') return 'success'
      if (waited.kind === 'cancelled') isSuperseded = true
      else refused.set(key, whyUnhealthy(waited, done))
      return 'failure'
    },

    result: (): AppliedWrites => ({
      written: [...done.values()],
      unhealthy: [...refused.values()][0],
      isSuperseded,
    }),
  }
}

function targetOf(written: Written | undefined): HealthTarget | undefined {
  if (written?.live === undefined) return undefined
  const { desired, live } = written
  return { ref: desired.ref, generation: live.metadata.generation ?? 0, applied: live }
}

/** What this sync did not write may get well, or be healed, without another commit. */
function whyUnhealthy(waited: AwaitedHealth, done: ReadonlyMap<string, Written>): StageError {
  const error = unhealthyError(waited)
  if (error === undefined) return new StageError('HEALTH_TIMEOUT', 'it was not healthy in time')
  const isOwn = unwellObjects(waited).some(({ ref }) => done.has(refKey(ref)))
  if (isOwn) return error
  const { code, text, subjects } = error
  return new StageError(code, text, { subjects, cause: error, retry: { kind: 'backoff' } })
}
