import { type Test, test } from 'tap'
import { type FaultRig, startFaultRig } from '../support/fault-rig.ts'
import { untilDeployed } from '../support/fault-rows.ts'
import { faultTimeoutMs } from '../support/fault-size.ts'
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
