import { setTimeout as delay } from 'node:timers/promises'
import { test } from 'tap'
import type { FaultRig } from '../support/fault-rig.ts'
import {
  type FaultRow,
  listenToWorkers,
  runFaultRows,
  statesOf,
  untilDeployed,
} from '../support/fault-rows.ts'
import { faultTimeoutMs, sized } from '../support/fault-size.ts'
import { until } from '../support/until.ts'

const hourMs = 3_600_000
const minuteMs = 60_000

const processesOf = ({ receiver, a, b }: FaultRig) => [receiver, a, b]

async function setClocks(rig: FaultRig, aheadMs: number): Promise<void> {
  await Promise.all(processesOf(rig).map((process) => process.setClock(aheadMs)))
}

/** Sets all clocks in the middle of a sync, pushes, and leaves a commit to the sweep. */
function jump(what: string, aheadMs: number): FaultRow {
  return {
    title: `R25: all clocks are set ${what} in the middle of a sync: nothing fails, sweeps go on`,
    async run(t, rig, application) {
      const { promise: applying, resolve } = Promise.withResolvers<void>()
      const told = listenToWorkers(rig)
      for (const { kube } of [rig.a, rig.b]) {
        kube.treat(({ method, url }) => {
          if (method === 'PATCH' && !url.includes('dryRun=All')) resolve()
          return 'pass'
        })
      }
      const during = await rig.push(application)
      await applying
      await setClocks(rig, aheadMs)
      await untilDeployed(rig, during)
      const after = await rig.push(application)
      await untilDeployed(rig, after)
      const untold = await rig.commit(application)
      await untilDeployed(rig, untold)
      await setClocks(rig, 0)

      for (const sha of [during, after, untold]) {
        t.notOk(statesOf(rig, sha).some((state) => state === 'error' || state === 'failure'))
      }
      t.notMatch(told(), /lost its job|SYNC_INTERRUPTED|stood still/)
    },
  }
}

const rows: readonly FaultRow[] = [
  jump('back an hour', -hourMs),
  jump('ahead an hour', hourMs),
  {
    title: 'R25: a clock is set back while a sync takes longer than its lock: the lock is kept',
    async run(t, rig, application) {
      const { promise: asked, resolve } = Promise.withResolvers<typeof rig.a>()
      const told = listenToWorkers(rig)
      for (const worker of [rig.a, rig.b]) {
        worker.kube.treat(({ method, url }) => {
          if (method === 'PATCH' && !url.includes('dryRun=All')) resolve(worker)
          return 'pass'
        })
      }
      const sha = await rig.push(application)
      const worker = await asked
      await worker.kubeLink.set({ kind: 'blackhole' })
      await worker.setClock(-hourMs)
      // A request is sent twice, and given 15 s each time; a lock that is lost is found in 25.
      await delay(27_000)
      await worker.kubeLink.set({ kind: 'pass' })
      await untilDeployed(rig, sha)
      await worker.setClock(0)

      t.notMatch(told(), /lost its job|took over|SYNC_INTERRUPTED/)
    },
  },
  {
    title: 'R25: a retry waits while clocks are set back: it does not wait for an hour',
    async run(t, rig, application) {
      const told = listenToWorkers(rig)
      await rig.links.git.set({ kind: 'refuse' })
      const sha = await rig.push(application)
      await until('it is tried again later', () => told().includes('"code":"SOURCE_'))
      await setClocks(rig, -hourMs)
      await rig.links.git.set({ kind: 'pass' })
      await untilDeployed(rig, sha)
      await setClocks(rig, 0)

      t.notOk(statesOf(rig, sha).includes('failure'))
    },
  },
  {
    title: 'R25: the clock of one worker is five minutes ahead: no more sweeps than otherwise',
    async run(t, rig) {
      await rig.a.setClock(5 * minuteMs)
      const seconds = sized({ small: 15, full: 60 })
      const before = rig.git.requests.length
      await delay(seconds * 1_000)
      const asked = rig.git.requests.length - before
      await rig.a.setClock(0)

      // Every 5 s, two requests a fetch of each application; one more round at either end.
      const rounds = seconds / 5 + 2
      t.ok(asked <= rounds * 2 * rig.applications.length, `${asked} requests in ${seconds} s`)
      t.ok(asked >= (rounds - 4) * rig.applications.length, `${asked} requests in ${seconds} s`)
    },
  },
]

test('clocks', { timeout: faultTimeoutMs }, async (t) => {
  await runFaultRows(t, rows, { clocks: true })
})
