import fc from 'fast-check'
import { test } from 'tap'
import { decideTouched } from '../../src/domain/touched-pod.ts'

const at = '2026-01-01T00:00:00.000Z'
const start = Date.parse(at)
const replace = { policy: 'replace', replaceAfterMs: 900_000 } as const

test('a touched pod', async (t) => {
  await t.test('is replaced once it is due', async (t) => {
    const step = (ms: number) =>
      decideTouched({ at }, replace, { now: start + ms, isPaused: false }).kind
    t.equal(step(899_999), 'keep')
    t.equal(step(900_000), 'evict')
  })

  await t.test('is left while that is only reported, or the application is paused', async (t) => {
    const late = start + 9_000_000
    const report = { ...replace, policy: 'report' } as const
    t.equal(decideTouched({ at }, report, { now: late, isPaused: false }).kind, 'keep')
    t.equal(decideTouched({ at }, replace, { now: late, isPaused: true }).kind, 'keep')
  })

  await t.test('is looked at again within 20 s, and when it is due', async (t) => {
    const ms = fc.integer({ min: 0, max: 86_400_000 })
    const property = fc.property(ms, ms, fc.boolean(), (after, passed, isPaused) => {
      const now = start + passed
      const policy = { policy: 'replace', replaceAfterMs: after } as const
      const step = decideTouched({ at }, policy, { now, isPaused })
      if (step.kind === 'evict') return passed >= after && !isPaused
      return step.again > now && step.again <= now + 20_000
    })
    t.doesNotThrow(() => fc.assert(property))
  })
})
