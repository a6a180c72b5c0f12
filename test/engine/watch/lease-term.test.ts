import { test } from 'tap'
import type { Lease } from '../../../src/cluster/cluster.ts'
import { isFree, observe } from '../../../src/engine/watch/lease-term.ts'

function aLease(lease: Partial<Lease> = {}): Lease {
  return {
    holder: 'other',
    renewedAt: 0,
    acquiredAt: 0,
    durationMs: 15_000,
    transitions: 0,
    resourceVersion: '1',
    ...lease,
  }
}

const at = (now: number, me = 'me') => ({ me, clock: { now: () => now } })

test('a Lease', async (t) => {
  await t.test('is free when there is none, nobody holds it, or we do', async (t) => {
    t.ok(isFree(observe(undefined, undefined, 0), at(0)))
    t.ok(isFree(observe(undefined, aLease({ holder: '' }), 0), at(0)))
    t.ok(isFree(observe(undefined, aLease(), 0), at(0, 'other')))
  })

  await t.test(
    'ends when nobody renewed it while we looked on, whatever its times say',
    async (t) => {
      const first = observe(undefined, aLease({ renewedAt: -1_000_000 }), 100)
      const later = observe(first, aLease({ renewedAt: -1_000_000 }), 15_099)

      t.notOk(isFree(first, at(100)))
      t.notOk(isFree(later, at(15_099)))
      t.ok(isFree(later, at(15_100)))
    },
  )

  await t.test('begins anew with each renewal', async (t) => {
    const first = observe(undefined, aLease(), 0)
    const renewed = observe(first, aLease({ resourceVersion: '2' }), 14_000)

    t.notOk(isFree(renewed, at(28_999)))
    t.ok(isFree(renewed, at(29_000)))
  })
})
