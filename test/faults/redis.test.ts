import { setTimeout as delay } from 'node:timers/promises'
import { test } from 'tap'
import { connectRedis } from '../../src/queue/connect.ts'
import { type FaultRow, runFaultRows, statesOf, untilDeployed } from '../support/fault-rows.ts'
import { faultTimeoutMs, sized } from '../support/fault-size.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'

/** Asks a Redis something and leaves. */
async function configure(url: string, ...command: readonly [string, ...string[]]): Promise<string> {
  const redis = connectRedis(url, 'worker', () => {})
  const answer = await redis.call(...command)
  redis.disconnect()
  return String(answer)
}

const rows: readonly FaultRow[] = [
  {
    title: 'R5: away when a webhook comes, and no redelivery: 503 at once, the sweep deploys it',
    async run(t, rig, application) {
      await rig.redis.stop()
      await rig.commit(application)
      const asked = performance.now()
      const { status } = await rig.deliver(application)
      const took = performance.now() - asked
      await rig.redis.start()

      t.equal(status, 503)
      t.ok(took < 2_500, `${took} ms`)
    },
  },
  {
    title: 'R5: away when a webhook comes: its redelivery is taken',
    async run(t, rig, application) {
      await rig.redis.stop()
      await rig.commit(application)
      const refused = await rig.deliver(application, 'the-same-delivery')
      await rig.redis.start()
      await until('it is taken', async () => {
        const { status } = await rig.deliver(application, 'the-same-delivery')
        return status === 202
      })

      t.equal(refused.status, 503)
      t.match(rig.answers.at(-1)?.body, '"accepted":1')
    },
  },
  {
    title: 'R6: swallows all that workers say in the middle of an apply: told once, told right',
    async run(t, rig, application) {
      const { promise: applying, resolve } = Promise.withResolvers<void>()
      const workers = [rig.a, rig.b]
      for (const { kube } of workers) {
        kube.treat(({ method, url }) => {
          if (method === 'PATCH' && !url.includes('dryRun=All')) resolve()
          return 'pass'
        })
      }
      const sha = await rig.push(application)
      await applying
      for (const { redis } of workers) await redis.set({ kind: 'blackhole' })
      await delay(sized({ small: 20_000, full: 60_000 }))
      for (const { redis, kube } of workers) {
        await redis.set({ kind: 'pass' })
        kube.treat(() => 'pass')
      }
      await untilDeployed(rig, sha)

      t.strictSame(
        statesOf(rig, sha).filter((state) => state !== 'pending'),
        ['success'],
      )
    },
  },
  {
    title: 'R7: killed right after a 202, with the last second lost: the sweep deploys it',
    async run(_t, rig, application) {
      await rig.push(application)
      await rig.redis.kill(8_192)
      await rig.redis.start()
    },
  },
  {
    title: 'R10: full: webhooks get 503, and all goes on once there is room',
    async run(t, rig, application) {
      await configure(rig.redis.url, 'CONFIG', 'SET', 'maxmemory', '1')
      await rig.commit(application)
      const { status } = await rig.deliver(application)
      await configure(rig.redis.url, 'CONFIG', 'SET', 'maxmemory', '0')

      t.equal(status, 503)
    },
  },
  {
    title: 'R9: fails over to a replica: workers go on, and nothing needs a restart',
    async run(t, rig, application) {
      const replica = await testRedis(t)
      const { port, password } = new URL(rig.redis.url)
      await configure(replica.url, 'CONFIG', 'SET', 'masterauth', password)
      await configure(replica.url, 'REPLICAOF', '127.0.0.1', port)
      await until('it follows', async () =>
        (await configure(replica.url, 'INFO', 'replication')).includes('master_link_status:up'),
      )
      await configure(replica.url, 'REPLICAOF', 'NO', 'ONE')
      await rig.push(application)
      await configure(replica.url, 'CONFIG', 'SET', 'requirepass', password)
      await rig.redis.stop()
      const own = Number(new URL(replica.url).port)
      for (const { redis } of [rig.receiver, rig.a, rig.b]) redis.lead(own)
      await rig.commit(application)
      await until('it is taken', async () => (await rig.deliver(application)).status === 202)

      t.ok([rig.receiver, rig.a, rig.b].every(({ instance }) => instance.isRunning()))
    },
  },
]

test('Redis', { timeout: faultTimeoutMs }, async (t) => {
  await runFaultRows(t, rows)
})
