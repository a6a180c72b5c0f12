import { test } from 'tap'
import type { KubeObject } from '../../../src/domain/kube-object.ts'
import type { WitnessRecord } from '../../../src/domain/witness-record.ts'
import { createConfirmation } from '../../../src/engine/witness/confirm-write.ts'
import { holdTime } from '../../support/held-time.ts'
import { aDeployment } from '../../support/objects.ts'
import { aWitnessRecord } from '../../support/witness-records.ts'

function rig(answers: readonly (KubeObject | Promise<KubeObject> | undefined | Error)[]) {
  const time = holdTime(0)
  const dropped: string[] = []
  const woken: string[] = []
  let asked = 0
  const confirmation = createConfirmation({
    client: {
      async get() {
        const answer = answers[Math.min(asked, answers.length - 1)]
        asked += 1
        if (answer instanceof Error) throw answer
        return answer
      },
    },
    timers: time.timers,
    records: { drop: async ({ id }: WitnessRecord) => void dropped.push(id) },
    wake: (application, key) => void woken.push(`${application} ${key}`),
  })
  return { confirmation, time, dropped, woken, asked: () => asked }
}

const at = (resourceVersion: string) =>
  aDeployment({ metadata: { ...aDeployment().metadata, resourceVersion } })
const { heal: _heal, ...record } = aWitnessRecord()
const woke = ['web apps/Deployment/shop/web']

test('a write that was witnessed', async (t) => {
  await t.test('wakes its application once it is stored', async (t) => {
    const { confirmation, time, dropped, woken, asked } = rig([at('11')])
    confirmation.expect(record, '10')
    await time.pass(60_000)

    t.strictSame(woken, woke)
    t.strictSame(dropped, [])
    t.equal(asked(), 1)
  })

  await t.test('is dropped when another webhook refused it', async (t) => {
    const { confirmation, time, dropped, woken } = rig([at('10')])
    confirmation.expect(record, '10')
    await time.pass(5_499)
    t.strictSame(dropped, [], 'a slow webhook may still decide')
    await time.pass(60_000)

    t.strictSame(dropped, ['r1'])
    t.strictSame(woken, [])
  })

  await t.test('that is stored late counts', async (t) => {
    const { confirmation, time, dropped, woken } = rig([at('10'), at('11')])
    confirmation.expect(record, '10')
    await time.pass(60_000)

    t.strictSame(woken, woke)
    t.strictSame(dropped, [])
  })

  await t.test('is kept while the server cannot be asked', async (t) => {
    const { confirmation, time, dropped } = rig([new Error('away')])
    confirmation.expect(record, '10')
    await time.pass(600_000)

    t.strictSame(dropped, [])
    t.equal(time.pending(), 0)
  })

  await t.test('and deletes the object, leaves none', async (t) => {
    const { confirmation, time, dropped, woken } = rig([undefined])
    confirmation.expect({ ...record, verb: 'delete' }, '10')
    await time.pass(60_000)

    t.strictSame(woken, woke)
    t.strictSame(dropped, [])
  })

  const aged = (uid: string, more = {}) =>
    aDeployment({ metadata: { ...aDeployment().metadata, resourceVersion: '11', uid, ...more } })
  const verdicts = [
    { title: 'makes what is there already', verb: 'create', live: aged('u1'), happened: false },
    { title: 'makes an object', verb: 'create', live: aged('u2'), happened: true },
    { title: 'makes one that is gone at once', verb: 'create', live: undefined, happened: false },
    {
      title: 'deletes, while another one writes',
      verb: 'delete',
      live: aged('u2'),
      happened: false,
    },
    { title: 'deletes what is made again', verb: 'delete', live: aged('u3'), happened: true },
    {
      title: 'deletes what a finalizer holds',
      verb: 'delete',
      live: aged('u2', { deletionTimestamp: '2026-01-01T00:00:00Z' }),
      happened: true,
    },
  ] as const
  for (const { title, verb, live, happened } of verdicts) {
    await t.test(`that ${title} has ${happened ? 'happened' : 'not happened'}`, async (t) => {
      const { confirmation, time, dropped, woken } = rig([live])
      confirmation.expect({ ...record, verb, uid: 'u2' }, verb === 'create' ? undefined : '10')
      await time.pass(60_000)

      t.strictSame(woken, happened ? woke : [])
      t.strictSame(dropped, happened ? [] : ['r1'])
    })
  }

  await t.test('asked about twice, since another writer was faster, is told once', async (t) => {
    const { confirmation, time, dropped, asked } = rig([at('12')])
    confirmation.expect(record, '10')
    confirmation.expect({ ...record, id: 'r2' }, '11')
    await time.pass(60_000)

    t.strictSame(dropped, ['r1'])
    t.equal(asked(), 1)
  })

  await t.test('that undoes nothing of Git wakes nobody', async (t) => {
    const { confirmation, time, woken } = rig([at('11')])
    confirmation.expect({ ...record, isDrift: false }, '10')
    await time.pass(60_000)
    t.strictSame(woken, [])
  })

  await t.test('is not asked about any more once the witness stops', async (t) => {
    const { confirmation, time, asked } = rig([at('11')])
    confirmation.expect(record, '10')
    confirmation.stop()
    await time.pass(60_000)
    t.equal(asked(), 0)
  })

  await t.test('whose earlier question is under way is counted once', async (t) => {
    const asked = Promise.withResolvers<KubeObject>()
    const { confirmation, time, dropped, woken } = rig([asked.promise, at('11')])
    confirmation.expect(record, '10')
    await time.pass(500)
    confirmation.expect({ ...record, id: 'r2' }, '10')
    asked.resolve(at('10'))
    await time.pass(60_000)

    t.strictSame(dropped, ['r1'])
    t.strictSame(woken, woke)
    t.equal(time.pending(), 0)
  })

  await t.test('is looked after no more once the witness has stopped', async (t) => {
    const { confirmation, time, asked } = rig([at('10')])
    confirmation.stop()
    confirmation.expect(record, '10')
    t.equal(time.pending(), 0)
    await time.pass(60_000)
    t.equal(asked(), 0)
  })
})
