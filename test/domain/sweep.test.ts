import fc from 'fast-check'
import { test } from 'tap'
import type { ApplicationRecord } from '../../src/domain/application-record.ts'
import { decideSweep, sweepTickMs } from '../../src/domain/sweep.ts'

const everyMs = 180_000
const application = { name: 'web', everyMs }
const now = Date.UTC(2026, 0, 1)

function aRecord(overrides: Partial<ApplicationRecord> = {}): ApplicationRecord {
  return {
    dirty: false,
    running: false,
    retryAt: undefined,
    sweptAt: now,
    paused: undefined,
    isPauseKept: false,
    ...overrides,
  }
}

test('deciding what a tick of the sweep does', async (t) => {
  await t.test('an application that was never swept is swept', async (t) => {
    t.strictSame(decideSweep(application, aRecord({ sweptAt: undefined }), now), { kind: 'sweep' })
  })

  await t.test('one that was swept just now is left alone', async (t) => {
    t.strictSame(decideSweep(application, aRecord(), now), { kind: 'none' })
  })

  await t.test('one that is wanted must have a job', async (t) => {
    t.strictSame(decideSweep(application, aRecord({ dirty: true }), now), { kind: 'ensure-job' })
  })

  await t.test('a retry whose time has come goes before a sweep', async (t) => {
    const record = aRecord({ retryAt: now, sweptAt: undefined })

    t.strictSame(decideSweep(application, record, now), { kind: 'retry' })
  })

  await t.test('a retry whose time has not come waits', async (t) => {
    t.strictSame(decideSweep(application, aRecord({ retryAt: now + 1 }), now), { kind: 'none' })
  })

  await t.test('a paused application is left alone, whatever is due', async (t) => {
    const paused = { by: 'ada', at: '2026-01-01T00:00:00Z' }
    const record = aRecord({
      paused,
      isPauseKept: true,
      dirty: true,
      retryAt: now,
      sweptAt: undefined,
    })

    t.strictSame(decideSweep(application, record, now), { kind: 'none' })
  })

  await t.test('one whose pause the cluster does not know yet must have a job', async (t) => {
    const paused = { by: 'ada', at: '2026-01-01T00:00:00Z' }

    t.strictSame(decideSweep(application, aRecord({ paused }), now), { kind: 'ensure-job' })
  })

  await t.test('R25: a clock set back causes one sweep, not hours without', async (t) => {
    const record = aRecord({ sweptAt: now + 10 * everyMs })

    t.strictSame(decideSweep(application, record, now), { kind: 'sweep' })
    t.strictSame(decideSweep(application, aRecord(), now), { kind: 'none' })
  })

  await t.test('every application is swept exactly once in every interval', async (t) => {
    const interval = fc.integer({ min: 1_000, max: 600_000 })
    const property = fc.property(fc.string(), interval, (name, everyMs) => {
      const tick = Math.ceil(everyMs / 10)
      let record = aRecord({ sweptAt: now })
      let sweeps = 0
      for (let at = now; at < now + 10 * everyMs; at += tick) {
        if (decideSweep({ name, everyMs }, record, at).kind !== 'sweep') continue
        sweeps += 1
        record = aRecord({ sweptAt: at })
      }
      return sweeps === 10 || sweeps === 9
    })

    t.doesNotThrow(() => fc.assert(property))
  })

  await t.test('two hundred applications of one interval never come at one tick', async (t) => {
    const names = Array.from({ length: 200 }, (_, index) => `team-${index}`)
    const tick = sweepTickMs([everyMs])
    let busiest = 0
    for (let at = now + tick; at < now + everyMs; at += tick) {
      const due = names.filter((name) => {
        const record = aRecord({ sweptAt: at - tick })
        return decideSweep({ name, everyMs }, record, at).kind === 'sweep'
      })
      busiest = Math.max(busiest, due.length)
    }

    t.ok(busiest > 0 && busiest < 20, `${busiest} at once`)
  })
})

test('the tick is a quarter of the shortest interval, within 250 ms and 5 s', async (t) => {
  t.equal(sweepTickMs([180_000, 8_000]), 2_000)
  t.equal(sweepTickMs([180_000]), 5_000)
  t.equal(sweepTickMs([100]), 250)
  t.equal(sweepTickMs([]), 5_000)
})
