import type { Clock } from '../src/domain/clock.ts'
import type { Secret } from '../src/domain/secret.ts'
import type { DeliveryLog } from '../src/queue/delivery-log.ts'
import type { VerifiedListener } from '../src/server/intake.ts'
import type { Signer } from './receiver-setup.ts'

interface NotesDeps {
  readonly signersOf: (forge: string) => readonly Signer[]
  readonly log: DeliveryLog
  readonly clock: Clock
  readonly onError: (error: unknown) => void
}

/** Of a secret that was noted: nobody asks for its last use to the second. */
const restMs = 1_000

/**
 * Writes down that deliveries come, and which of several secrets is still in use; each at most once
 * a second.
 */
export function createDeliveryNotes({
  signersOf,
  log,
  clock,
  onError,
}: NotesDeps): VerifiedListener {
  const noted = new WeakMap<Secret, number>()
  const note = async ({ forge, headers, body }: Parameters<VerifiedListener>[0]) => {
    const at = clock.now()
    const signers = signersOf(forge)
    for (const { secret, verifies } of signers) {
      if (Math.abs(at - (noted.get(secret) ?? Number.NEGATIVE_INFINITY)) < restMs) continue
      // Where there is one, it is the one that verified it.
      const isUsed = signers.length === 1 || (await verifies(headers, body))
      if (!isUsed) continue
      noted.set(secret, at)
      await log.note(forge, secret, at)
    }
  }
  return (delivery) => {
    // An answer never waits for it.
    note(delivery).catch(onError)
  }
}
