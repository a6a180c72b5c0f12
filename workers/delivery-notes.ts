import type { Clock } from '../src/domain/clock.ts'
import type { DeliveryLog } from '../src/queue/delivery-log.ts'
import type { VerifiedListener } from '../src/server/intake.ts'
import type { Signer } from './receiver-setup.ts'

interface NotesDeps {
  readonly signersOf: (forge: string) => readonly Signer[]
  readonly log: DeliveryLog
  readonly clock: Clock
  readonly onError: (error: unknown) => void
}

/** Writes down that deliveries come, and which of several secrets is still in use. */
export function createDeliveryNotes({
  signersOf,
  log,
  clock,
  onError,
}: NotesDeps): VerifiedListener {
  const note = async ({ forge, headers, body }: Parameters<VerifiedListener>[0]) => {
    const at = clock.now()
    const signers = signersOf(forge)
    for (const { secret, verifies } of signers) {
      // Where there is one, it is the one that verified it.
      const isUsed = signers.length === 1 || (await verifies(headers, body))
      if (isUsed) await log.note(forge, secret, at)
    }
  }
  return (delivery) => {
    // An answer never waits for it.
    note(delivery).catch(onError)
  }
}
