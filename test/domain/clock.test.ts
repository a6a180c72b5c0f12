import { test } from 'tap'
import { steadyClock, systemClock } from '../../src/domain/clock.ts'

test("the system's clock tells milliseconds since the epoch", async (t) => {
  const before = Date.now()
  const now = systemClock.now()

  t.ok(now >= before && now <= Date.now())
})

test('R25: a steady clock goes on evenly, however the clock it began with is set', async (t) => {
  const machine = { time: 1_000_000, now: () => machine.time }
  let passed = 50
  const clock = steadyClock(machine, () => passed)
  t.equal(clock.now(), 1_000_000)

  passed += 20
  machine.time -= 3_600_000
  t.equal(clock.now(), 1_000_020)
  machine.time += 7_200_000
  t.equal(clock.now(), 1_000_020)
})
