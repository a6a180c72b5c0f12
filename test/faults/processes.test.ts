import { type Test, test } from 'tap'
import { type FaultRig, startFaultRig } from '../support/fault-rig.ts'
import { statesOf, untilDeployed } from '../support/fault-rows.ts'
import { faultTimeoutMs, isFullSize } from '../support/fault-size.ts'
import { watchInvariants } from '../support/invariants.ts'
import type { RigApplication } from '../support/rig-application.ts'
import type { RigProcess } from '../support/rig-process.ts'
import { until } from '../support/until.ts'

const isWriteTo = ({ name }: RigApplication, request: { method: string; url: string }) =>
  request.method === 'PATCH' &&
  request.url.includes(`/${name}-c`) &&
  !request.url.includes('dryRun=All')

/** The worker that has begun to write the application, and hears no answer to what it wrote. */
async function stuckWorker(rig: FaultRig, application: RigApplication): Promise<RigProcess> {
  const { promise, resolve } = Promise.withResolvers<RigProcess>()
  const written = new Set<string>()
  for (const worker of [rig.a, rig.b]) {
    worker.kube.treat((request) => {
      if (!isWriteTo(application, request)) return 'pass'
      written.add(request.url)
      if (written.size < 16) return 'pass'
      void worker.kubeLink.set({ kind: 'blackhole' })
      resolve(worker)
      return 'pass'
    })
  }
  await rig.push(application)
  const worker = await promise
  for (const { kube } of [rig.a, rig.b]) kube.treat(() => 'pass')
  return worker
}

async function oneApplication(t: Test, objects: number) {
  const rig = await startFaultRig(t, { applications: 1, objects, every: '20s' })
  const invariants = await watchInvariants(rig)
  await invariants.check(t)
  const [application] = rig.applications
  if (application === undefined) throw new Error('no application')
  return { rig, invariants, application }
}

test('R2: a worker stopped in the middle of an apply writes nothing when it goes on', {
  timeout: faultTimeoutMs,
}, async (t) => {
  const { rig, invariants, application } = await oneApplication(t, 40)
  const stopped = await stuckWorker(rig, application)
  process.kill(stopped.instance.pid, 'SIGSTOP')
  // All answers wait in its sockets: they are what it sees first.
  await stopped.kubeLink.set({ kind: 'pass' })
  const sha = await rig.push(application)
  await untilDeployed(rig, sha)

  process.kill(stopped.instance.pid, 'SIGCONT')
  await until('it noticed', () => stopped.instance.output().includes('another sync took over'))

  await invariants.check(t)
})

/** Kills each worker when it begins to write the application, and starts it again. */
function killWriters(rig: FaultRig, application: RigApplication): { kills: number } {
  const count = { kills: 0 }
  for (const worker of [rig.a, rig.b]) {
    let isDying = false
    const replace = async () => {
      isDying = true
      count.kills += 1
      await worker.kill('SIGKILL')
      await worker.start()
      isDying = false
    }
    worker.kube.treat((request) => {
      if (!isWriteTo(application, request)) return 'pass'
      if (!isDying) void replace()
      return 'hold'
    })
  }
  return count
}

async function poison(t: Test): Promise<void> {
  const rig = await startFaultRig(t, { applications: 2, every: '5s' })
  const invariants = await watchInvariants(rig)
  await invariants.check(t)
  const [poisoned, other] = rig.applications
  if (poisoned === undefined || other === undefined) throw new Error('not two applications')
  const count = killWriters(rig, poisoned)
  const sha = await rig.push(poisoned)
  await until('its worker was killed', () => count.kills > 0)
  const healthy = await rig.push(other)
  await untilDeployed(rig, healthy)
  await until('it is told', () => statesOf(rig, sha).includes('error'), 360_000)
  const { kills } = count
  for (const { kube } of [rig.a, rig.b]) kube.treat(() => 'pass')
  const mended = await rig.push(poisoned)
  await untilDeployed(rig, mended)

  t.equal(kills, 6)
  await invariants.check(t)
}

// Six times a worker is killed, and found lost.
if (isFullSize) {
  test(
    'R3: a commit that kills its worker six times is left alone, the others are not',
    {
      timeout: faultTimeoutMs,
    },
    poison,
  )
}
