import { test } from 'tap'
import type { Lease, LeaseStore } from '../../../src/cluster/cluster.ts'
import { lead } from '../../../src/engine/watch/lead.ts'
import { holdTime } from '../../support/held-time.ts'

/** One Lease, whose versions are guarded as a server does it. */
function aLeaseStore(): LeaseStore & { current(): Lease | undefined } {
  let lease: Lease | undefined
  let version = 0
  return {
    current: () => lease,
    read: async () => lease,
    async write(_name, next) {
      if (next.resourceVersion !== lease?.resourceVersion) return undefined
      version += 1
      lease = { ...next, resourceVersion: String(version) }
      return lease
    },
  }
}

test('work that fails while it leads', async (t) => {
  const time = holdTime(0)
  const leases = aLeaseStore()
  const troubles: string[] = []
  const stop = new AbortController()
  let begun = 0
  const work = async (signal: AbortSignal) => {
    begun += 1
    if (begun === 1) throw new Error('it broke')
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
  }
  const deps = { ...time, leases, name: 'watcher', me: 'me' }
  const leading = lead({ ...deps, onTrouble: ({ text }) => troubles.push(text) }, work, stop.signal)
  await time.pass(0)

  t.strictSame(troubles, ['it broke'])
  t.equal(leases.current()?.holder, '', 'somebody else may take over at once')

  await time.pass(5_000)
  t.equal(begun, 2)
  t.equal(leases.current()?.holder, 'me')
  stop.abort()
  await leading
  t.equal(leases.current()?.holder, '')
  t.equal(time.pending(), 0)
})
