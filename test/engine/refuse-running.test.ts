import { test } from 'tap'
import type { SyncRecord } from '../../src/domain/sync.ts'
import { refuseRunning } from '../../src/engine/refuse-running.ts'
import { aSyncRecord } from '../support/a-sync-record.ts'

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 12, minute)).toISOString()
const recordOf = (phase: SyncRecord['phase']) => aSyncRecord({ phase, startedAt: at(0) })

/** As it is `minute` minutes after the last sync of the application began. */
const ask = (minute: number, phase: SyncRecord['phase'], timeoutMs?: number) => () =>
  refuseRunning('web', { history: [recordOf(phase)] }, { now: at(minute), timeoutMs })

test('ending an application', async (t) => {
  await t.test('is refused while a sync of it may be under way', async (t) => {
    const text = new RegExp(`^web is being synced since ${at(0)}.*run this again after ${at(7)}$`)

    t.throws(ask(6, 'Running', 5 * 60_000), { code: 'INSTANCE_REFUSED', text })
  })

  await t.test('is possible once that would have ended', async (t) => {
    t.doesNotThrow(ask(7, 'Running', 5 * 60_000))
  })

  await t.test('takes ten minutes for the limit of one that is not configured', async (t) => {
    t.throws(ask(9, 'Running'), { code: 'INSTANCE_REFUSED' })
    t.doesNotThrow(ask(10, 'Running'))
  })

  await t.test('is possible at once after a sync that has ended, and where none was', async (t) => {
    t.doesNotThrow(ask(0, 'Failed'))
    t.doesNotThrow(() => refuseRunning('web', { history: [] }, { now: at(0), timeoutMs: 1 }))
  })
})
