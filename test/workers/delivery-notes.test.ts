import { test } from 'tap'
import { createSecret, type Secret } from '../../src/domain/secret.ts'
import { createDeliveryNotes } from '../../workers/delivery-notes.ts'
import { comeToRest } from '../support/held-time.ts'

const fresh = createSecret('fresh-secret-of-the-webhook')
const old = createSecret('old-secret-of-the-webhook')

/** Deliveries verified by one of the secrets, and what is noted of them. */
function rig(secrets: readonly Secret[]) {
  const told: string[] = []
  let now = 0
  let asked = 0
  let used = fresh
  const listener = createDeliveryNotes({
    signersOf: () =>
      secrets.map((secret) => ({
        secret,
        async verifies() {
          asked += 1
          return secret === used
        },
      })),
    log: {
      note: async (forge, secret, at) => void told.push(`${forge} ${secret.reveal()} ${at}`),
      read: async () => ({ last: undefined, bySecret: [] }),
    },
    clock: { now: () => now },
    onError: (error) => told.push(String(error)),
  })
  return {
    told,
    asked: () => asked,
    async deliver(at: number, by: Secret) {
      now = at
      used = by
      listener({ forge: 'github', headers: {}, body: Buffer.from('') })
      await comeToRest()
    },
  }
}

test('deliveries are noted at most once a second, for each secret', async (t) => {
  const { told, deliver } = rig([fresh, old])
  for (const at of [0, 400, 999]) await deliver(at, fresh)
  await deliver(999, old)
  await deliver(1_000, fresh)
  await deliver(500, fresh)
  await deliver(-5_000, fresh)

  t.strictSame(told, [
    'github fresh-secret-of-the-webhook 0',
    'github old-secret-of-the-webhook 999',
    'github fresh-secret-of-the-webhook 1000',
    'github fresh-secret-of-the-webhook -5000',
  ])
})

test('the only secret of a forge is not asked again whether it verifies', async (t) => {
  const { told, asked, deliver } = rig([fresh])
  await deliver(0, fresh)

  t.equal(told.length, 1)
  t.equal(asked(), 0)
})
