import fc from 'fast-check'
import { test } from 'tap'
import { triggers } from '../../src/domain/application.ts'
import { fetches, isUrgent, retryDelayMs, triggerRank } from '../../src/domain/wanted.ts'

test('triggers', async (t) => {
  await t.test(
    'a person is stronger than a push, a push than what Landfall does itself',
    async (t) => {
      const ranked = triggers.toSorted((a, b) => triggerRank(a) - triggerRank(b))

      t.strictSame(ranked, ['manual', 'push', 'pull-request', 'sweep', 'drift'])
      t.equal(triggerRank('manual'), 0)
    },
  )

  await t.test('what somebody waits for is urgent', async (t) => {
    t.strictSame(triggers.filter(isUrgent), ['manual', 'push', 'pull-request'])
  })

  await t.test('only drift asks no remote', async (t) => {
    t.strictSame(
      triggers.filter((trigger) => !fetches(trigger)),
      ['drift'],
    )
  })
})

test('the delay of a retry', async (t) => {
  const backoff = { kind: 'backoff' } as const

  await t.test('doubles from five seconds to three minutes', async (t) => {
    const delays = [0, 1, 2, 3, 4, 5, 6, 1_000].map((attempts) => retryDelayMs(backoff, attempts))

    t.strictSame(delays, [5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 180_000, 180_000])
  })

  await t.test('is what was asked for, five times', async (t) => {
    const after = { kind: 'after', ms: 2_000 } as const

    t.strictSame(
      [0, 4, 5, 6].map((attempts) => retryDelayMs(after, attempts)),
      [2_000, 2_000, 5_000, 10_000],
    )
  })

  await t.test(
    'is never shorter than what was asked for or the one before, nor without end',
    async (t) => {
      const attempts = fc.nat({ max: 2_000 })
      const property = fc.property(fc.nat({ max: 600_000 }), attempts, (ms, attempts) => {
        const delay = retryDelayMs({ kind: 'after', ms }, attempts)
        const isBounded = delay >= ms && delay <= Math.max(ms, 180_000)
        return isBounded && delay <= retryDelayMs({ kind: 'after', ms }, attempts + 1)
      })

      t.doesNotThrow(() => fc.assert(property))
    },
  )
})
