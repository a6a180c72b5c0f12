import { setTimeout as delay } from 'node:timers/promises'
import { test } from 'tap'
import { type FaultRig, startFaultRig } from '../support/fault-rig.ts'
import { watchInvariants } from '../support/invariants.ts'
import { canMountDisks } from '../support/small-disk.ts'
import { createSoakMeter } from '../support/soak-meter.ts'

const minutes = Number(process.env['MINUTES'] ?? 10)
const lengthMs = minutes * 60_000

/** Breaks something until the promise it is given has settled. */
type Breakage = (rig: FaultRig, until: Promise<void>) => Promise<void>

const breakages: Readonly<Record<string, Breakage>> = {
  async 'Redis away'({ redis }, until) {
    await redis.stop()
    await until
    await redis.start()
  },
  async 'Redis killed, its last second lost'({ redis }, until) {
    await redis.kill(4_096)
    await redis.start()
    await until
  },
  async 'a worker cut off from Redis'({ a }, until) {
    await a.redis.set({ kind: 'blackhole' })
    await until
    await a.redis.set({ kind: 'pass' })
  },
  async 'a worker cut off from the cluster'({ a }, until) {
    await a.kubeLink.set({ kind: 'blackhole' })
    await until
    await a.kubeLink.set({ kind: 'pass' })
  },
  async 'an API server that is overloaded'({ a, b, random }, until) {
    for (const { kube } of [a, b]) {
      kube.treat(() => (random.integer(3) === 0 ? { status: 503 } : 'pass'))
    }
    await until
    for (const { kube } of [a, b]) kube.treat(() => 'pass')
  },
  async 'a worker killed'({ b }, until) {
    await b.kill('SIGKILL')
    await until
    await b.start()
  },
  async 'a worker stopped'({ b }, until) {
    process.kill(b.instance.pid, 'SIGSTOP')
    await until
    process.kill(b.instance.pid, 'SIGCONT')
  },
  async 'Git resets'({ links }, until) {
    await links.git.set({ kind: 'reset', afterBytes: 300 })
    await until
    await links.git.set({ kind: 'pass' })
  },
  async 'Git away'({ links }, until) {
    await links.git.set({ kind: 'refuse' })
    await until
    await links.git.set({ kind: 'pass' })
  },
  async 'the forge away'({ links }, until) {
    await links.forge.set({ kind: 'refuse' })
    await until
    await links.forge.set({ kind: 'pass' })
  },
  async 'all clocks an hour back'({ receiver, a, b }, until) {
    const processes = [receiver, a, b]
    for (const process of processes) await process.setClock(-3_600_000)
    await until
    for (const process of processes) await process.setClock(0)
  },
  async 'a worker whose clock is ahead'({ a }, until) {
    await a.setClock(300_000)
    await until
    await a.setClock(0)
  },
  async 'every link slow'({ links, a, b, receiver }, until) {
    const all = [...Object.values(links), ...[a, b, receiver].map(({ redis }) => redis)]
    for (const link of all) await link.set({ kind: 'latency', ms: 100 })
    await until
    for (const link of all) await link.set({ kind: 'pass' })
  },
}

const onDisks: Readonly<Record<string, Breakage>> = {
  async 'the disk of a worker full'({ a }, until) {
    await a.disk().fill()
    await until
    await a.disk().free()
  },
}

/** A push now and then; what is refused while something is broken, the sweep deploys. */
async function pushUntil(rig: FaultRig, until: number): Promise<void> {
  while (performance.now() < until) {
    const application = rig.random.pick(rig.applications)
    await rig.commit(application)
    await rig.deliver(application)
    await delay(500 + rig.random.integer(2_000))
  }
}

test(`R27: ${minutes} minutes of pushes and faults`, { timeout: lengthMs + 900_000 }, async (t) => {
  const hasDisks = await canMountDisks()
  const rig = await startFaultRig(t, {
    applications: 5,
    every: '10s',
    clocks: true,
    diskBytes: hasDisks ? 64 * 1024 ** 2 : undefined,
  })
  const possible = { ...breakages, ...(hasDisks && onDisks) }
  const invariants = await watchInvariants(rig)
  // The others are killed or stopped now and then.
  const meter = createSoakMeter(rig, [rig.receiver, rig.a])
  await invariants.check(t)
  const end = performance.now() + lengthMs
  while (performance.now() < end) {
    const what = rig.random.pick(Object.keys(possible))
    const lasts = 3_000 + rig.random.integer(20_000)
    await t.test(`${what} for ${Math.round(lasts / 1_000)} s`, async (t) => {
      const over = pushUntil(rig, performance.now() + lasts)
      await possible[what]?.(rig, over)
      await invariants.check(t, 300_000)
      await meter.measure()
    })
  }

  t.strictSame(meter.leaks(), [], 'nothing leaks')
})
