import fc from 'fast-check'
import { test } from 'tap'
import { createThrottle } from '../../src/cluster/throttle.ts'

test('requests to a server', async (t) => {
  await t.test('wait for nothing while it refuses none', async (t) => {
    const throttle = createThrottle()
    for (let index = 0; index < 1_000; index += 1) t.equal(throttle.enter(), undefined)
    for (let index = 0; index < 1_000; index += 1) throttle.leave(false)
    t.equal(throttle.enter(), undefined)
  })

  await t.test('are halved by each refusal, down to one', async (t) => {
    const throttle = createThrottle()
    for (let index = 0; index < 16; index += 1) void throttle.enter()
    for (let index = 0; index < 16; index += 1) throttle.leave(true)

    t.equal(throttle.enter(), undefined)
    const second = throttle.enter()
    t.ok(second instanceof Promise, 'one at a time')
    throttle.leave(false)
    await second
    t.pass('the next goes when the first has ended')
  })

  await t.test('grow again by one with each round of good answers, to no limit', async (t) => {
    const throttle = createThrottle()
    void throttle.enter()
    throttle.leave(true)
    let answers = 0
    const isFree = () => {
      for (let index = 0; index < 100; index += 1) {
        if (throttle.enter() !== undefined) return false
      }
      return true
    }
    for (; answers < 200; answers += 1) {
      const turn = throttle.enter()
      if (turn !== undefined) await turn
      throttle.leave(false)
    }
    t.ok(isFree())
  })

  await t.test('each goes out in the end, in its order, whatever is refused', async (t) => {
    const property = fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 200 }), async (fates) => {
      const throttle = createThrottle()
      const went: number[] = []
      await Promise.all(
        fates.map(async (isThrottled, index) => {
          await throttle.enter()
          went.push(index)
          await Promise.resolve()
          throttle.leave(isThrottled)
        }),
      )
      return went.length === fates.length && went.every((index, at) => index === at)
    })
    await t.resolves(fc.assert(property))
  })
})
