import { setTimeout as delay } from 'node:timers/promises'
import { test } from 'tap'
import type { Fault } from '../support/fault-proxy.ts'
import type { FaultRig } from '../support/fault-rig.ts'
import {
  type FaultRow,
  listenToWorkers,
  runFaultRows,
  statesOf,
  untilDeployed,
} from '../support/fault-rows.ts'
import { faultTimeoutMs, sized } from '../support/fault-size.ts'
import type { Treatment } from '../support/kube-proxy.ts'
import { until } from '../support/until.ts'

const workersOf = ({ a, b }: FaultRig) => [a, b]

/** Lets the API server refuse half of what the workers ask, so and so many seconds. */
function refusing(treatment: Exclude<Treatment, string>): FaultRow {
  const { status, headers = {} } = treatment
  const asked = Object.entries(headers).map(([name, value]) => ` with ${name}: ${value}`)
  return {
    title: `R12: the API server answers ${status}${asked.join()}: tried again, and no red status`,
    async run(t, rig, application) {
      let refused = 0
      for (const { kube } of workersOf(rig)) {
        kube.treat(({ url }) => {
          const isRefused = !url.includes('watch=') && rig.random.integer(2) === 0
          refused += isRefused ? 1 : 0
          return isRefused ? treatment : 'pass'
        })
      }
      const sha = await rig.push(application)
      await delay(sized({ small: 3_000, full: 30_000 }))
      for (const { kube } of workersOf(rig)) kube.treat(() => 'pass')
      await untilDeployed(rig, sha)

      t.ok(refused > 0, `${refused} were refused`)
      t.strictSame(new Set(statesOf(rig, sha)), new Set(['pending', 'success']))
    },
  }
}

/** Pushes while Git's link fails, and waits until a worker has said so. */
function withoutGit(what: string, fault: Fault): FaultRow {
  return {
    title: `R18: the Git server ${what}: what is deployed stays, and nothing is left behind`,
    async run(t, rig, application) {
      await rig.links.git.set(fault)
      const failures = () =>
        rig.instances.flatMap((instance) =>
          instance
            .output()
            .split('\n')
            .filter((line) => /"code":"SOURCE_/.test(line)),
        ).length
      const before = failures()
      const sha = await rig.push(application)
      await until('a worker says so', () => failures() > before)
      await rig.links.git.set({ kind: 'pass' })
      await untilDeployed(rig, sha)

      t.notOk(statesOf(rig, sha).includes('failure'), 'the commit is not at fault')
    },
  }
}

const rows: readonly FaultRow[] = [
  refusing({ status: 429, headers: { 'retry-after': '1' } }),
  refusing({ status: 503 }),
  ...sized({ small: [], full: [refusing({ status: 500 }), refusing({ status: 504 })] }),
  {
    title: 'R13: the answer to a write never comes: written again, and no false failure',
    async run(t, rig, application) {
      const swallowed = new Set<string>()
      for (const { kube } of workersOf(rig)) {
        kube.treat(({ method, url }) => {
          const isFirst = method === 'PATCH' && !url.includes('dryRun=All') && swallowed.size === 0
          if (isFirst) swallowed.add(url)
          return isFirst ? 'swallow' : 'pass'
        })
      }
      const sha = await rig.push(application)
      await untilDeployed(rig, sha)

      t.equal(swallowed.size, 1)
      t.strictSame(statesOf(rig, sha).at(-1), 'success')
      t.notOk(statesOf(rig, sha).some((state) => state === 'error' || state === 'failure'))
    },
  },
  withoutGit('is away', { kind: 'refuse' }),
  withoutGit('resets in the middle of an answer', { kind: 'reset', afterBytes: 400 }),
  {
    title: 'R18: the Git server is slow: later, and right',
    async run(_t, rig, application) {
      await rig.links.git.set({ kind: 'throttle', bytesPerSecond: 2_000 })
      const sha = await rig.push(application)
      await untilDeployed(rig, sha)
      await rig.links.git.set({ kind: 'pass' })
    },
  },
  ...sized({ small: [5], full: [5, 25, 50, 200] }).map(
    (ms): FaultRow => ({
      title: `R28: ${ms} ms on every link: no lock is lost`,
      async run(t, rig, application) {
        const processes = [rig.receiver, ...workersOf(rig)]
        const links = [
          ...Object.values(rig.links),
          ...processes.flatMap(({ redis, kubeLink }) => [redis, kubeLink]),
        ]
        const told = listenToWorkers(rig)
        for (const link of links) await link.set({ kind: 'latency', ms })
        const sha = await rig.push(application)
        await untilDeployed(rig, sha)
        for (const link of links) await link.set({ kind: 'pass' })

        t.notMatch(told(), /lost its job|SYNC_INTERRUPTED/)
      },
    }),
  ),
]

test('links', { timeout: faultTimeoutMs }, async (t) => {
  await runFaultRows(t, rows)
})
