import type { ObjectClient } from '../../cluster/cluster.ts'
import { type KubeObject, refKey } from '../../domain/kube-object.ts'
import type { WitnessRecord } from '../../domain/witness-record.ts'
import { hashOf } from '../canonical-json.ts'
import type { Timers } from '../timers.ts'

interface ConfirmationDeps {
  readonly client: Pick<ObjectClient, 'get'>
  readonly timers: Timers
  readonly records: { drop(record: WitnessRecord): Promise<void> }
  readonly wake: (application: string, key: string) => void
}

/**
 * A witness is asked before a write is stored, and another webhook may still refuse it: a record of
 * what did not come to pass is dropped, and what did wakes the application where nobody watches. A
 * server that met another writer asks again for the same write: its last question counts.
 */
export interface Confirmation {
  /** `before`: resourceVersion of the object that a change found; undefined: not known. */
  expect(record: WitnessRecord, before: string | undefined): void
  stop(): void
}

/** All webhooks together have half a minute; most writes are stored at once. */
const looksMs = [500, 5_000, 30_000]

export function createConfirmation(deps: ConfirmationDeps): Confirmation {
  const waiting = new Map<string, Waiting>()
  let isStopped = false

  function look(record: WitnessRecord, before: string | undefined, step: number): void {
    const ms = looksMs[step]
    if (ms === undefined || isStopped) return
    const key = sameWrite(record)
    const cancel = deps.timers.after(ms, () => {
      waiting.delete(key)
      void settle(record, before, step)
    })
    waiting.set(key, { cancel, record })
  }

  async function settle(
    record: WitnessRecord,
    before: string | undefined,
    step: number,
  ): Promise<void> {
    const { ref, application, isDrift } = record
    // A server that is away says nothing of the write.
    const found = await deps.client.get(ref).then(
      (object) => ({ object }),
      () => undefined,
    )
    const isLast = step + 1 === looksMs.length
    if (found === undefined && !isLast) return lookAgain(record, before, step + 1)
    if (found === undefined || hasHappened(record, found.object, before)) {
      if (isDrift) deps.wake(application, refKey(ref))
      return
    }
    return isLast ? drop(record) : lookAgain(record, before, step + 1)
  }

  /** It is asked about again meanwhile: that question counts. */
  async function lookAgain(
    record: WitnessRecord,
    before: string | undefined,
    step: number,
  ): Promise<void> {
    if (waiting.has(sameWrite(record))) return drop(record)
    look(record, before, step)
  }

  async function drop(record: WitnessRecord): Promise<void> {
    await deps.records.drop(record).catch(() => {})
  }

  return {
    expect(record, before) {
      const earlier = waiting.get(sameWrite(record))
      earlier?.cancel()
      if (earlier !== undefined) void drop(earlier.record)
      look(record, before, 0)
    },
    stop() {
      isStopped = true
      for (const { cancel } of waiting.values()) cancel()
      waiting.clear()
    },
  }
}

interface Waiting {
  readonly cancel: () => void
  readonly record: WitnessRecord
}

function sameWrite({ ref, user, verb, manager, fields }: WitnessRecord): string {
  return hashOf([refKey(ref), user, verb, manager, fields.map(({ path, after }) => [path, after])])
}

function hasHappened(
  { verb, uid }: WitnessRecord,
  live: KubeObject | undefined,
  before: string | undefined,
): boolean {
  // Gone by now, it was there to be changed.
  if (live === undefined) return verb !== 'create'
  const { resourceVersion, deletionTimestamp } = live.metadata
  // The server gives an object its uid before it asks, and finds out later that it is there already.
  if (verb === 'create') return uid === undefined || live.metadata.uid === uid
  if (verb === 'delete') return live.metadata.uid !== uid || deletionTimestamp !== undefined
  return resourceVersion !== before
}
