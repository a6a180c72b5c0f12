import { test } from 'tap'
import { createThrottledClient } from '../../src/forge/github/throttled-client.ts'
import { forgeSettings } from '../support/forge-settings.ts'

const hourMs = 3_600_000

test('R25: writes are not spaced by a clock that was set back since', async (t) => {
  let aheadMs = 0
  const clock = { now: () => performance.now() + aheadMs }
  const client = createThrottledClient(forgeSettings(), { fetch, clock })
  const clients = [0, 0, hourMs, 0, -hourMs, 0, 0].map((ahead) => {
    aheadMs = ahead
    return client()
  })

  const [first, again, ahead, back, further, forth, last] = clients
  t.equal(again, first)
  t.equal(ahead, first, 'a clock that is set ahead makes nobody wait')
  t.not(back, ahead)
  t.not(further, back)
  t.equal(forth, further)
  t.equal(last, forth)
})
