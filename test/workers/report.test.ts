import { type Test, test } from 'tap'
import type { CommitStatus } from '../../src/domain/commit-status.ts'
import { StageError } from '../../src/domain/error.ts'
import { createReports, type Reports } from '../../src/queue/reports.ts'
import { testRedis } from '../support/redis.ts'
import { type ScriptedForge, scriptedForge } from '../support/scripted-forge.ts'
import { anOutcome, aRunningRecord } from '../support/scripted-sync.ts'
import { until } from '../support/until.ts'
import { type WorkerRig, workerRig } from '../support/worker-rig.ts'

interface ReportRig extends WorkerRig {
  readonly forge: ScriptedForge
  readonly reports: Reports
  submit(status: Partial<CommitStatus>, order?: Partial<Order>): Promise<void>
  metrics(): Promise<string>
}

interface Order {
  readonly sequence: number
  readonly mayReopen: boolean
}

async function reportRig(t: Test, url: string): Promise<ReportRig> {
  const forge = scriptedForge()
  const rig = await workerRig(t, url, {
    forges: new Map([['github', forge]]),
    options: { firstReportBackoffMs: 20 },
  })
  const reports = createReports(rig.redis, rig.keys, () => {})
  t.teardown(() => reports.close())
  return {
    ...rig,
    forge,
    reports,
    submit: (status, order = {}) =>
      reports.submit({
        application: 'web',
        forge: 'github',
        repo: 'https://github.com/acme/deploy.git',
        status: { ...aStatus, ...status },
        sequence: 1,
        mayReopen: false,
        ...order,
      }),
    metrics: () => rig.registry.metrics(),
  }
}

const aStatus: CommitStatus = {
  sha: 'a'.repeat(40),
  ref: 'refs/heads/main',
  state: 'pending',
  context: 'landfall/web',
  description: 'syncing',
  targetUrl: 'https://landfall.example.com/syncs/1',
}
const success = { state: 'success', description: '1 configured, healthy in 1.3 s' } as const

test('the report queue', async (t) => {
  const { url } = await testRedis(t)

  await t.test('sends what is submitted', async (t) => {
    const { submit, forge, metrics } = await reportRig(t, url)
    await submit({})
    const pending = await forge.next()
    pending.take()
    await submit(success)
    const final = await forge.next()
    final.take()
    await until('counted', async () =>
      (await metrics()).includes('landfall_report_total{forge="github",outcome="sent"} 2'),
    )

    t.same(pending.status, aStatus)
    t.same(final.status, { ...aStatus, ...success })
  })

  await t.test('R21: after an outage only the latest state is sent', async (t) => {
    const { submit, forge, metrics } = await reportRig(t, url)
    await submit({})
    const down = await forge.next()
    await submit({ description: 'still syncing' })
    await submit(success)
    down.refuse(new StageError('FORGE_UNREACHABLE', 'github.com does not answer'))

    const sent = await forge.next()
    sent.take()
    await until('sent', async () => (await metrics()).includes('outcome="sent"} 1'))

    t.match(sent.status, success)
    t.match(await metrics(), /outcome="deferred"\} 1/)
    t.equal(forge.count(), 2)
  })

  await t.test('a state that came while an older one was under way follows it', async (t) => {
    const { submit, forge } = await reportRig(t, url)
    await submit({})
    const pending = await forge.next()
    await submit(success)
    pending.take()

    const final = await forge.next()
    final.take()
    t.match(final.status, success)
  })

  await t.test('waits as long as a forge that is overrun says', async (t) => {
    const { submit, forge } = await reportRig(t, url)
    await submit({})
    const first = await forge.next()
    const refused = performance.now()
    const retry = { kind: 'after', ms: 400 } as const
    first.refuse(new StageError('FORGE_THROTTLED', 'too many requests', { retry }))

    const second = await forge.next()
    second.take()
    t.ok(performance.now() - refused >= 390)
  })

  await t.test('gives up where trying again cannot help', async (t) => {
    const { submit, forge, metrics } = await reportRig(t, url)
    await submit({})
    const first = await forge.next()
    first.refuse(new StageError('FORGE_DENIED', 'the token may not post statuses'))
    await until('counted', async () => (await metrics()).includes('outcome="refused"} 1'))
    await submit(success)

    const next = await forge.next()
    next.take()
    t.match(next.status, success, 'the next state is tried')
  })

  await t.test('an older pending never follows a final state', async (t) => {
    const { submit, forge, reports } = await reportRig(t, url)
    await submit(success, { sequence: 2 })
    const final = await forge.next()
    final.take()

    await submit({}, { sequence: 1, mayReopen: true })
    await submit({ description: 'trying again' }, { sequence: 3 })
    await submit({ ...success, description: 'once more' }, { sequence: 4 })

    const next = await forge.next()
    next.take()
    t.match(next.status, { state: 'success', description: 'once more' })
    t.equal(await reports.pendingOf('web'), undefined)
  })

  await t.test('a pending that somebody asked for follows a final state', async (t) => {
    const { submit, forge } = await reportRig(t, url)
    await submit(success)
    const final = await forge.next()
    final.take()
    await submit({}, { sequence: 2, mayReopen: true })

    const next = await forge.next()
    next.take()
    t.match(next.status, { state: 'pending' })
  })

  await t.test('what a forge shows already is not sent again', async (t) => {
    const { submit, forge } = await reportRig(t, url)
    await submit(success)
    const final = await forge.next()
    final.take()
    await until('sent', async () => !(await report(submit, forge)))

    t.equal(forge.count(), 1)
  })

  await t.test('remembers which commit is still pending', async (t) => {
    const { submit, reports } = await reportRig(t, url)
    await submit({})
    t.same(await reports.pendingOf('web'), aStatus)

    await submit({ ...success, sha: 'b'.repeat(40) })
    t.same(await reports.pendingOf('web'), aStatus, 'another commit changes nothing')

    await submit(success)
    t.equal(await reports.pendingOf('web'), undefined)
  })
})

/** Whether submitting the same once more makes a request. */
async function report(submit: ReportRig['submit'], forge: ScriptedForge): Promise<boolean> {
  const before = forge.count()
  await submit({ ...success, targetUrl: 'https://landfall.example.com/syncs/2' })
  return forge.count() > before
}

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
