import { test } from 'tap'
import { systemClock } from '../../src/domain/clock.ts'

test("the system's clock tells milliseconds since the epoch", async (t) => {
  const before = Date.now()
  const now = systemClock.now()

  t.ok(now >= before && now <= Date.now())
})
