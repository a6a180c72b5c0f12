import { test } from 'tap'
import { testRedis } from '../support/redis.ts'
import { reportRig } from '../support/report-rig.ts'
import { scriptedForge } from '../support/scripted-forge.ts'
import { anOutcome, aRunningRecord } from '../support/scripted-sync.ts'
import { until } from '../support/until.ts'
import { workerRig } from '../support/worker-rig.ts'

test('what syncs report', async (t) => {
  const { url } = await testRedis(t)

  await t.test('a forge that is away delays no sync', async (t) => {
    const { want, next, forge } = await reportRig(t, url)
    for (const name of ['web', 'api', 'web']) {
      await want(name, 'push')
      const { application, request, end } = await next()
      const record = aRunningRecord(application, request)
      await request.onProgress({ record, touched: true })
      end()
    }
    const first = await forge.next()

    t.equal(first.status.state, 'pending')
    first.take()
  })

  await t.test('pending, then how it went, with a link to the page', async (t) => {
    const { want, next, forge } = await reportRig(t, url)
    await want('web', 'push')
    const { application, request, end } = await next()
    await request.onProgress({ record: aRunningRecord(application, request), touched: true })
    const pending = await forge.next()
    pending.take()
    end()
    const final = await forge.next()
    final.take()

    t.match(pending.status, { state: 'pending', description: 'syncing', ref: 'refs/heads/main' })
    t.match(final.status, {
      state: 'success',
      description: '1 configured, healthy in 1.3 s',
      context: 'landfall/web',
      targetUrl: `https://landfall.example.com/syncs/${request.id}`,
    })
  })

  await t.test(
    'R3: a commit that ends its worker again and again is told as an error',
    async (t) => {
      const { submit, forge, redis, keys, queue } = await reportRig(t, url)
      await submit({ state: 'pending' }, { sequence: 6 })
      const pending = await forge.next()
      pending.take()
      const died = { dirty: 1, sequence: 6, token: 'dead', begun: 1, begunRank: 1, crashes: 5 }
      await redis.hset(keys.application('web'), died)

      await queue.enqueue('web')
      const final = await forge.next()
      final.take()

      t.equal(final.status.sha, pending.status.sha)
      t.match(final.status, { state: 'error', description: /no longer synced.*landfall sync web/ })
    },
  )

  await t.test('a superseded commit learns by which one', async (t) => {
    const { want, next, forge } = await reportRig(t, url)
    const older = 'a'.repeat(40)
    const newer = 'b'.repeat(40)
    await want('web', 'push')
    const first = await next()
    const running = { ...aRunningRecord(first.application, first.request), revision: older }
    await first.request.onProgress({ record: running, touched: true })
    const pending = await forge.next()
    pending.take()
    await want('web', 'push')
    first.end(anOutcome(first.application, first.request, { phase: 'Superseded', revision: older }))

    const second = await next()
    const record = { ...aRunningRecord(second.application, second.request), revision: newer }
    await second.request.onProgress({ record, touched: true })
    const told = [await forge.next(), await forge.next()]
    for (const { take } of told) take()
    second.end(anOutcome(second.application, second.request, { revision: newer }))

    const superseded = told.find(({ status }) => status.sha === older)
    t.match(superseded?.status, { state: 'superseded', description: 'superseded by bbbbbbb' })
    t.match(told.find(({ status }) => status.sha === newer)?.status, { state: 'pending' })
    const final = await forge.next()
    final.take()
    t.match(final.status, { sha: newer, state: 'success' })
  })

  await t.test('healing what is deployed leaves a waiting commit pending', async (t) => {
    const { want, next, forge, reports } = await reportRig(t, url)
    const waiting = 'a'.repeat(40)
    await want('web', 'push')
    const first = await next()
    const failed = anOutcome(first.application, first.request, {
      phase: 'Failed',
      revision: waiting,
      message: 'cluster prod does not answer',
      failure: { code: 'CLUSTER_UNREACHABLE', stage: 'apply', text: '', subjects: [] },
    })
    first.end({ ...failed, retry: { kind: 'after', ms: 60_000 } })
    const pending = await forge.next()
    pending.take()

    await want('web', 'drift')
    const second = await next()
    second.end(anOutcome(second.application, second.request))
    const healed = await forge.next()
    healed.take()

    t.match(pending.status, {
      state: 'pending',
      description: 'trying again: cluster prod does not answer',
    })
    t.match(healed.status, { sha: 'abc1234'.padEnd(40, '0'), state: 'success' })
    t.match(await reports.pendingOf('web'), { sha: waiting })
  })

  await t.test('R7: a commit that stays pending is told by the next sync of it', async (t) => {
    const { want, next, forge, submit, reports } = await reportRig(t, url)
    const sha = 'c'.repeat(40)
    await submit({ sha })
    const pending = await forge.next()
    pending.take()
    await want('web', 'sweep')
    const { application, request, end } = await next()
    end({ ...anOutcome(application, request, { revision: sha }), touched: false, quiet: true })
    const final = await forge.next()
    final.take()

    t.match(final.status, { sha, state: 'success' })
    await until('known', async () => (await reports.pendingOf('web')) === undefined)
  })

  await t.test('no secret leaves in a description', async (t) => {
    const forge = scriptedForge()
    const rig = await workerRig(t, url, {
      forges: new Map([['github', forge]]),
      redact: (text) => text.replaceAll('hunter2', '[redacted]'),
    })
    await rig.want('web', 'push')
    const { application, request, end } = await rig.next()
    end(anOutcome(application, request, { message: 'token hunter2 is refused' }))
    const { status, take } = await forge.next()
    take()

    t.equal(status.description, 'token [redacted] is refused')
    await until('stored', async () => (await rig.store.syncs('web')).length > 0)
    t.match(await rig.store.syncs('web'), [{ message: 'token [redacted] is refused' }])
  })
})
