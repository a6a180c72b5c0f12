import { performance } from 'node:perf_hooks'
import { test } from 'tap'
import { StageError } from '../../src/domain/error.ts'
import { testRedis } from '../support/redis.ts'
import { anOutcome } from '../support/scripted-sync.ts'
import { until } from '../support/until.ts'
import { applicationsNamed, isIdle, workerRig } from '../support/worker-rig.ts'

test('the sync job', async (t) => {
  const { url } = await testRedis(t)

  await t.test('B6: fifty pushes during one sync make at most two more', async (t) => {
    const rig = await workerRig(t, url)
    await rig.want('web', 'push')
    const first = await rig.next()

    for (let push = 0; push < 50; push += 1) await rig.want('web', 'push')
    first.end()
    const second = await rig.next()
    second.end()
    await until('idle', () => isIdle(rig))

    t.ok(rig.begun() <= 3, `${rig.begun()} syncs`)
    t.equal(second.request.trigger, 'push')
  })

  await t.test('a push goes before a drift that waits, which comes after it', async (t) => {
    const rig = await workerRig(t, url, { options: { concurrency: 1 } })
    await rig.want('api', 'push')
    const other = await rig.next()
    await rig.want('web', 'drift')
    await rig.want('web', 'push', 'abc')
    other.end()

    const push = await rig.next()
    push.end()
    const drift = await rig.next()
    drift.end()
    await until('idle', () => isIdle(rig))

    t.equal(push.application.name, 'web')
    t.match(push.request, { trigger: 'push', fetch: true, expectedSha: 'abc' })
    t.equal(drift.application.name, 'web')
    t.match(drift.request, { trigger: 'drift', fetch: false })
    t.equal(rig.begun(), 3)
  })

  await t.test('a drift job fetches nothing, a sweep does', async (t) => {
    const rig = await workerRig(t, url)
    await rig.want('web', 'drift')
    const drift = await rig.next()
    drift.end()
    await until('idle', () => isIdle(rig))
    await rig.want('web', 'sweep')
    const sweep = await rig.next()
    sweep.end()

    t.equal(drift.request.fetch, false)
    t.equal(sweep.request.fetch, true)
  })

  await t.test('a push in a three-minute backoff starts within a second', async (t) => {
    const rig = await workerRig(t, url)
    await rig.want('web', 'push')
    const first = await rig.next()
    first.end({ retry: { kind: 'after', ms: 180_000 } })
    await until(
      'a retry waits',
      async () => (await rig.records.read(['web']))[0]?.retryAt !== undefined,
    )
    await until('idle', () => isIdle(rig))

    const pushed = performance.now()
    await rig.want('web', 'push')
    const second = await rig.next()
    const tookMs = performance.now() - pushed
    second.end()

    t.ok(tookMs < 1_000, `${tookMs} ms`)
    t.equal(second.request.attempts, 0)
  })

  await t.test('a retry comes when it asked for, with the trigger it had', async (t) => {
    const rig = await workerRig(t, url)
    await rig.want('web', 'push', 'abc')
    const first = await rig.next()
    const ended = performance.now()
    first.end({ retry: { kind: 'after', ms: 300 } })

    const { request, end } = await rig.next()
    const waitedMs = performance.now() - ended
    end()

    t.match(request, { trigger: 'push', attempts: 1, expectedSha: 'abc' })
    t.ok(waitedMs >= 290 && waitedMs < 2_000, `${waitedMs} ms`)
  })

  await t.test('a failed revision comes back with the next sync', async (t) => {
    const rig = await workerRig(t, url)
    await rig.want('web', 'push')
    const first = await rig.next()
    first.end({ failedRevision: 'abc' })
    await until('idle', () => isIdle(rig))
    await rig.want('web', 'sweep')
    const second = await rig.next()
    second.end()

    t.equal(second.request.failedRevision, 'abc')
  })

  await t.test('E7: a sync that hangs is given up, and delays no other application', async (t) => {
    const [web] = applicationsNamed('web').values()
    const [api] = applicationsNamed('api').values()
    if (web === undefined || api === undefined) throw new Error('no applications')
    const hanging = { ...web, sync: { ...web.sync, timeoutMs: 60 } }
    const rig = await workerRig(t, url, {
      applications: new Map([
        ['web', hanging],
        ['api', api],
      ]),
      options: { concurrency: 1, limits: { marginMs: 40, abandonMs: 50 } },
    })
    await rig.want('web', 'push')
    const hung = await rig.next()
    await rig.want('api', 'push')

    const other = await rig.next()
    other.end()

    t.equal(other.application.name, 'api')
    t.match(hung.request.signal.reason, { code: 'SYNC_TIMEOUT' })
    const [sync] = await rig.store.syncs('web')
    t.match(sync, { phase: 'Failed', failure: { code: 'SYNC_TIMEOUT' } })
    const [record] = await rig.records.read(['web'])
    t.ok(record?.retryAt, 'it is tried again later')
  })

  await t.test('E7: a sync that throws is a failed sync', async (t) => {
    const rig = await workerRig(t, url)
    await rig.want('web', 'push')
    const sync = await rig.next()
    sync.fail(new StageError('CLUSTER_UNREACHABLE', 'cluster prod does not answer'))
    await until('idle', () => isIdle(rig))

    const [record] = await rig.store.syncs('web')
    t.match(record, {
      id: sync.request.id,
      phase: 'Failed',
      message: 'cluster prod does not answer',
      failure: { code: 'CLUSTER_UNREACHABLE', stage: 'apply' },
    })
  })

  await t.test('a push during a sync tells the sync, a sweep does not', async (t) => {
    const rig = await workerRig(t, url)
    await rig.want('web', 'push')
    const { request, end } = await rig.next()
    const before = request.wantedAgain('urgent')
    t.notOk(before.aborted, 'its own push does not count')

    await rig.want('web', 'sweep')
    await rig.want('web', 'push')
    await until('told', () => before.aborted)

    t.notOk(request.wantedAgain('urgent').aborted, 'each push counts once')
    end()
    const next = await rig.next()
    next.end()
  })

  await t.test('a drift during a sync tells the sync, with what has drifted', async (t) => {
    const rig = await workerRig(t, url)
    await rig.want('web', 'push')
    const { request, end } = await rig.next()
    const drifted = request.wantedAgain('drift')

    await rig.records.want('web', { trigger: 'drift', at: 1, suspects: ['a'] })
    await until('told', () => drifted.aborted)

    t.strictSame(await request.drifted(), ['a'])
    t.notOk(request.wantedAgain('drift').aborted, 'each drift counts once')
    t.notOk(request.wantedAgain('urgent').aborted, 'a drift is no newer commit')
    end()
  })

  await t.test('a drift that a push began beside is told at its first look', async (t) => {
    const rig = await workerRig(t, url, { options: { concurrency: 1 } })
    await rig.want('api', 'push')
    const other = await rig.next()
    await rig.records.want('web', { trigger: 'drift', at: 1, suspects: ['a'] })
    await rig.want('web', 'push')
    other.end()

    const { request, end } = await rig.next()

    t.ok(request.wantedAgain('drift').aborted)
    t.strictSame(await request.drifted(), ['a'])
    end()
    const next = await rig.next()
    t.match(next.request, { trigger: 'drift', suspects: ['a'] })
    next.end()
  })

  await t.test('a push between the start of a sync and its first look is told too', async (t) => {
    const rig = await workerRig(t, url)
    await rig.want('web', 'push')
    const { request, end } = await rig.next()
    await rig.want('web', 'push')

    await until('told', () => request.wantedAgain('urgent').aborted)
    end()
    const next = await rig.next()
    next.end()
    t.equal(next.request.trigger, 'push')
  })

  await t.test('a paused application is left alone, and its commit says so', async (t) => {
    const rig = await workerRig(t, url)
    await rig.records.pause('web', { by: 'mona', at: '2026-01-01T00:00:00Z' })
    await rig.want('web', 'push')
    await until('reported', () => rig.posted.length > 0)

    t.equal(rig.begun(), 0)
    t.match(rig.posted, [
      {
        sha: 'f'.repeat(40),
        state: 'pending',
        context: 'landfall/web',
        description: 'paused by mona; deploys after: landfall resume web',
      },
    ])

    await rig.records.resume('web')
    await rig.want('web', 'manual')
    const { request, end } = await rig.next()
    end()
    t.equal(request.trigger, 'manual')
  })

  await t.test('F1: a job of an application that is not configured is dropped', async (t) => {
    const rig = await workerRig(t, url)
    await rig.want('gone', 'push')
    await until('dropped', async () => {
      const { waiting, active, failed } = await rig.queue.counts()
      return waiting === 0 && active === 0 && failed === 0
    })

    t.equal(rig.begun(), 0)
  })

  await t.test(
    'R8: FLUSHALL in the middle of a sync: it counts for nothing, the sweep begins anew',
    async (t) => {
      const own = await testRedis(t)
      const rig = await workerRig(t, own.url)
      await rig.want('web', 'push')
      const lost = await rig.next()

      await rig.redis.flushall()
      lost.end()
      const next = await rig.next()
      next.end()
      const other = await rig.next()
      other.end()

      const names = [next, other].map(({ application }) => application.name)
      t.same(names.toSorted(), ['api', 'web'])
      t.same(
        [next, other].map(({ request }) => request.trigger),
        ['sweep', 'sweep'],
      )
      t.equal(await rig.store.sync(lost.request.id), undefined)
    },
  )

  await t.test('what a push took is measured from its delivery to its last write', async (t) => {
    const rig = await workerRig(t, url)
    await rig.want('web', 'push')
    const { application, request, end } = await rig.next()
    const drift = {
      ref: { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'default', name: 'web' },
      type: 'declared',
      fields: [],
      offender: null,
      message: 'spec.replicas: 5, Git says 3',
      healed: true,
    } as const
    const fought = { ...drift, healed: false, contended: true } as const
    end(anOutcome(application, request, { drift: [drift, fought] }))
    await until('idle', () => isIdle(rig))

    const text = await rig.registry.metrics()
    t.match(text, /landfall_push_to_applied_seconds_count 1/)
    t.match(text, /landfall_sync_total\{application="web",trigger="push",phase="Succeeded"\} 1/)
    t.match(text, /landfall_sync_duration_seconds_count\{application="web",stage="apply"\} 1/)
    t.match(text, /landfall_drift_total\{application="web",kind="Deployment",type="declared"\} 2/)
    t.match(text, /landfall_drift_contended_total\{application="web",kind="Deployment"\} 1/)
    t.match(text, /landfall_drift_heal_seconds_count 1/)
  })
})
