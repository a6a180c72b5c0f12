import { test } from 'tap'
import { createFailureLimit } from '../../src/server/failure-limit.ts'

function heldClock() {
  let now = 0
  return { now: () => now, pass: (ms: number) => void (now += ms) }
}

test('an address is over its limit until the minute ends', async (t) => {
  const clock = heldClock()
  const limit = createFailureLimit(2, clock)

  t.same([limit.fail('a'), limit.fail('a')], [{ kind: 'counted' }, { kind: 'counted' }])
  clock.pass(20_000)
  t.same(limit.fail('a'), { kind: 'over', retryAfterSeconds: 40 })
  t.same(limit.fail('b'), { kind: 'counted' })
  clock.pass(40_000)
  t.same(limit.fail('a'), { kind: 'counted' })
})

test('R25: a clock that is set back does not make the minute an hour', async (t) => {
  const clock = heldClock()
  const limit = createFailureLimit(1, clock)
  limit.fail('a')
  t.match(limit.fail('a'), { kind: 'over' })

  clock.pass(-3_600_000)

  t.same(limit.fail('a'), { kind: 'counted' })
})

test('many addresses make it forget the oldest, not hold them all', async (t) => {
  const limit = createFailureLimit(1, heldClock())
  limit.fail('first')
  t.match(limit.fail('first'), { kind: 'over' })

  for (let index = 0; index < 20_000; index += 1) limit.fail(`address ${index}`)

  t.match(limit.fail('first'), { kind: 'counted' })
  t.match(limit.fail('address 19999'), { kind: 'over' })
})
