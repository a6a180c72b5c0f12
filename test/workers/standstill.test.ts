import { test } from 'tap'
import { watchStandstill } from '../../workers/standstill.ts'

function rig() {
  let now = 0
  const told: number[] = []
  const watch = watchStandstill({
    limitMs: 1_000,
    onStandstill: (ms) => told.push(ms),
    monotonic: () => now,
  })
  return { ...watch, told, pass: (ms: number) => (now += ms) }
}

test('a standstill of the process', async (t) => {
  await t.test('R4: is told by the first look after it, once', async (t) => {
    const { look, close, told, pass } = rig()
    pass(1_001)
    look()
    look()
    close()

    t.strictSame(told, [1_001])
  })

  await t.test('R25: is none where the process was looked after all the time', async (t) => {
    const { look, close, told, pass } = rig()
    for (let looks = 0; looks < 10; looks += 1) {
      pass(900)
      look()
    }
    close()

    t.strictSame(told, [])
  })

  await t.test('is noticed though nobody looks', async (t) => {
    const { promise, resolve } = Promise.withResolvers<number>()
    const watch = watchStandstill({ limitMs: 40, onStandstill: resolve })
    const until = performance.now() + 60
    while (performance.now() < until);
    const stillAlive = setInterval(() => {}, 1_000)
    const ms = await promise
    clearInterval(stillAlive)
    watch.close()

    t.ok(ms > 40, `${ms} ms`)
  })
})
