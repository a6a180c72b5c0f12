import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type Test, test } from 'tap'
import { queueRig } from '../support/queue-rig.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'
import { type WorkerRig, workerRig } from '../support/worker-rig.ts'

const timing = { lockMs: 1_000, stalledCheckMs: 500 }

interface Victim {
  readonly child: ChildProcess
  readonly prefix: string
  readonly lines: readonly string[]
}

/** A worker in another process, in the middle of the sync of a push. */
async function startVictim(t: Test, url: string): Promise<Victim> {
  const prefix = `test-${randomUUID()}`
  const program = fileURLToPath(new URL('../support/worker-program.ts', import.meta.url))
  const child = spawn(process.execPath, [program, url, prefix], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  const lines: string[] = []
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line))
  await until('ready', () => lines.includes('ready'))
  const { records, queue } = queueRig(t, url, prefix)
  await records.want('web', { trigger: 'push', at: Date.now(), expectedSha: 'abc' })
  await queue.enqueue('web')
  await until('it works', () => lines.includes('began'))
  return { child, prefix, lines }
}

async function recordOf({ records }: WorkerRig) {
  const [record] = await records.read(['web'])
  return record
}

test('a worker that is lost', async (t) => {
  const { url } = await testRedis(t)

  await t.test('R1: killed, it is replaced, and nothing it was to do is lost', async (t) => {
    const victim = await startVictim(t, url)
    victim.child.kill('SIGKILL')
    const rig = await workerRig(t, url, { prefix: victim.prefix, options: { timing } })

    const { request, end } = await rig.next()
    end()
    await until('done', async () => (await recordOf(rig))?.dirty === false)

    t.match(request, { trigger: 'push', expectedSha: 'abc' })
  })

  await t.test('R2: stopped for a while, it changes nothing when it goes on', async (t) => {
    const victim = await startVictim(t, url)
    victim.child.kill('SIGSTOP')
    const rig = await workerRig(t, url, { prefix: victim.prefix, options: { timing } })
    const { request, end } = await rig.next()

    victim.child.kill('SIGCONT')
    await until('told', () => victim.lines.includes('told'))
    await until('idle', async () => (await rig.queue.counts())['active'] === 1)
    t.ok(await rig.records.holds('web', request.id))
    end()
    await until('done', async () => (await recordOf(rig))?.dirty === false)

    const ids = (await rig.store.syncs('web')).map(({ id }) => id)
    t.same(ids, [request.id])
  })

  await t.test('R4: a sync whose lock is lost is told to stop', async (t) => {
    const rig = await workerRig(t, url, {
      options: { timing: { lockMs: 400, stalledCheckMs: 60_000 } },
    })
    await rig.want('web', 'push')
    const { request, end } = await rig.next()
    const locks = await rig.redis.keys(`${rig.keys.queues}:sync:*:lock`)
    await rig.redis.del(...locks)

    await until('told', () => request.signal.aborted)
    end({ record: failed(request.id) })

    t.match(request.signal.reason, { code: 'SYNC_INTERRUPTED' })
    await until('given back', async () => (await recordOf(rig))?.running === false)
    t.equal((await recordOf(rig))?.dirty, true, 'everything is wanted still')
  })
})

test('a worker that stops', async (t) => {
  const { url } = await testRedis(t)

  await t.test(
    'R24: it ends what runs after the grace, and leaves it to the next worker',
    async (t) => {
      const rig = await workerRig(t, url)
      await rig.want('web', 'push')
      const { request, end } = await rig.next()
      request.signal.addEventListener('abort', () => end({ record: failed(request.id) }))

      await rig.close()

      t.match(request.signal.reason, { code: 'SYNC_INTERRUPTED' })
      const next = await workerRig(t, url, { prefix: rig.prefix })
      const again = await next.next()
      again.end()
      t.equal(again.request.trigger, 'push')
      t.same(rig.posted, [], 'the forge hears of the sync that ends')
    },
  )

  await t.test('R24: a sync that ends within the grace is done', async (t) => {
    const rig = await workerRig(t, url, { options: { graceMs: 60_000 } })
    await rig.want('web', 'push')
    const { request, end } = await rig.next()

    const closed = rig.close()
    end()
    await closed

    t.notOk(request.signal.aborted)
    t.equal((await recordOf(rig))?.dirty, false)
  })

  await t.test('R24: with Redis away it stops all the same', async (t) => {
    const own = await testRedis(t)
    const rig = await workerRig(t, own.url, { isRedisUp: async () => false })
    await rig.want('web', 'push')
    const { request } = await rig.next()
    await own.stop()

    await rig.close()

    t.match(request.signal.reason, { code: 'SYNC_INTERRUPTED' })
  })
})

function failed(id: string) {
  return {
    id,
    application: 'web',
    trigger: 'push',
    phase: 'Failed',
    message: 'interrupted',
    revision: undefined,
    author: undefined,
    subject: undefined,
    committedAt: undefined,
    startedAt: new Date().toISOString(),
    finishedAt: new Date().toISOString(),
    stages: {},
    counts: {},
    changes: [],
    drift: [],
    health: 'Unknown',
    failure: { code: 'SYNC_INTERRUPTED', stage: 'apply', text: 'interrupted', subjects: [] },
    warnings: [],
  } as const
}
