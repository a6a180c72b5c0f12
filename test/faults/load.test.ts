import { setTimeout as delay } from 'node:timers/promises'
import { type Test, test } from 'tap'
import { controlPlane, type TestControlPlane } from '../support/control-plane.ts'
import { type FaultRig, startFaultRig } from '../support/fault-rig.ts'
import { faultTimeoutMs, sized } from '../support/fault-size.ts'
import { watchInvariants } from '../support/invariants.ts'
import type { RigApplication } from '../support/rig-application.ts'
import { until } from '../support/until.ts'

/** Milliseconds until a webhook is answered, for each one; throws when one is not taken. */
async function storm(
  rig: FaultRig,
  deliveries: readonly RigApplication[],
): Promise<readonly number[]> {
  const took: number[] = []
  const left = [...deliveries]
  const send = async () => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const asked = performance.now()
      const { status, body } = await rig.deliver(next)
      if (status !== 202) throw new Error(`${status} ${body}`)
      took.push(performance.now() - asked)
    }
  }
  await Promise.all(Array.from({ length: 8 }, send))
  return took.toSorted((one, other) => one - other)
}

/** Counts how often the application's inventory is written from now on. */
async function inventoryWrites(
  { name }: RigApplication,
  plane: TestControlPlane,
): Promise<() => Promise<number>> {
  const trail = await plane.audit()
  return async () =>
    (await trail.events()).filter(
      ({ verb, objectRef, responseStatus }) =>
        ['create', 'update'].includes(verb) &&
        objectRef?.name === `landfall-${name}` &&
        responseStatus?.code === 200,
    ).length
}

function first({ applications }: FaultRig): RigApplication {
  const [application] = applications
  if (application === undefined) throw new Error('no application')
  return application
}

/** The worker that is in the middle of an apply of the application. */
async function whileApplying(rig: FaultRig, application: RigApplication) {
  const { promise, resolve } = Promise.withResolvers<typeof rig.a>()
  for (const worker of [rig.a, rig.b]) {
    worker.kube.treat(({ method, url }) => {
      const isWrite = method === 'PATCH' && url.includes(application.name)
      if (!isWrite || url.includes('dryRun=All')) return 'pass'
      resolve(worker)
      return 'hold'
    })
  }
  await rig.push(application)
  const worker = await promise
  for (const { kube } of [rig.a, rig.b]) kube.treat(() => 'pass')
  return worker
}

async function startLoadRig(t: Test) {
  const applications = sized({ small: 5, full: 50 })
  const rig = await startFaultRig(t, { applications, objects: 2, every: '10s' })
  const invariants = await watchInvariants(rig)
  const settleMs = sized({ small: 120_000, full: 900_000 })
  await invariants.check(t, settleMs)
  return { rig, check: (t: Test) => invariants.check(t, settleMs) }
}

test('load and signals', { timeout: faultTimeoutMs }, async (t) => {
  const { rig, check } = await startLoadRig(t)
  const application = first(rig)
  const plane = await controlPlane()

  await t.test(
    'R22: a storm of pushes to many repositories: all taken, all deployed',
    async (t) => {
      for (const each of rig.applications) await rig.commit(each)
      const pushes = sized({ small: 10, full: 20 })
      const took = await storm(
        rig,
        rig.applications.flatMap((each) => Array.from({ length: pushes }, () => each)),
      )

      const p99 = took[Math.floor(took.length * 0.99)] ?? 0
      t.comment(`${took.length} deliveries, p99 ${Math.round(p99)} ms`)
      t.ok(p99 < sized({ small: 2_000, full: 500 }), `${p99} ms`)
      await check(t)
    },
  )

  await t.test('R22: pushes to one repository during one apply: one more apply', async (t) => {
    const writes = await inventoryWrites(application, plane)
    const workers = [rig.a, rig.b]
    let isBusy = false
    for (const { kube, kubeLink } of workers) {
      kube.treat(({ method, url }) => {
        if (method !== 'PATCH' || url.includes('dryRun=All')) return 'pass'
        isBusy = true
        void kubeLink.set({ kind: 'blackhole' })
        return 'pass'
      })
    }
    await rig.push(application)
    await until('it applies', () => isBusy)
    for (const { kube } of workers) kube.treat(() => 'pass')
    await rig.commit(application)
    const count = sized({ small: 50, full: 1_000 })
    await storm(
      rig,
      Array.from({ length: count }, () => application),
    )
    for (const { kubeLink } of workers) await kubeLink.set({ kind: 'pass' })
    await check(t)

    // Each apply writes it at the start, at the end, and with what it told.
    const written = await writes()
    t.ok(written <= 9, `${written} writes of the inventory`)
  })

  await t.test('R23: ten times the same delivery, and an old one after it: the tip', async (t) => {
    const older = { ...application }
    await rig.commit(older)
    Object.assign(application, older)
    await rig.commit(application)
    for (let times = 0; times < 10; times += 1) await rig.deliver(application, 'one-delivery')
    const { status } = await rig.deliver(older)

    t.equal(status, 202)
    const duplicates = rig.answers.filter(({ body }) => body.includes('received before'))
    t.equal(duplicates.length, 9)
    await check(t)
  })

  await t.test(
    'R1, R17: a worker killed in the middle of an apply: the other goes on',
    async (t) => {
      const worker = await whileApplying(rig, application)
      await worker.kill('SIGKILL')
      for (const each of rig.applications) await rig.commit(each)
      await check(t)

      await worker.start()
    },
  )

  await t.test('R24: a second SIGTERM ends a worker at once', async (t) => {
    const worker = await whileApplying(rig, application)
    process.kill(worker.instance.pid, 'SIGTERM')
    await delay(200)
    const asked = performance.now()
    const exit = await worker.kill('SIGTERM')

    t.strictSame(exit, { code: null, signal: 'SIGTERM' })
    t.ok(performance.now() - asked < 2_000)
    await worker.start()
    await check(t)
  })

  await t.test('R24: a receiver that ends answers what it took', async (t) => {
    const before = rig.answers.length
    const sending = storm(
      rig,
      Array.from({ length: 50 }, () => application),
    ).catch((error: unknown) => error)
    await until('it is busy', () => rig.answers.length > before)
    const exit = await rig.receiver.kill('SIGTERM')
    await sending
    await rig.receiver.start()
    await rig.push(application)

    t.strictSame(exit, { code: 0, signal: null })
    const statuses = rig.answers.slice(before).map(({ status }) => status)
    // 503: it was not taken. What was is deployed: I6.
    t.strictSame(
      statuses.filter((status) => status !== 202 && status !== 503),
      [],
    )
    t.ok(statuses.includes(202))
    await check(t)
  })
})
