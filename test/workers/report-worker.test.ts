import { test } from 'tap'
import { StageError } from '../../src/domain/error.ts'
import { testRedis } from '../support/redis.ts'
import { aStatus, type ReportRig, reportRig } from '../support/report-rig.ts'
import type { ScriptedForge } from '../support/scripted-forge.ts'
import { until } from '../support/until.ts'

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
