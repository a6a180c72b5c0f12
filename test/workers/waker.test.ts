import { pino } from 'pino'
import { test } from 'tap'
import type { Want } from '../../src/domain/application-record.ts'
import { createWaker } from '../../workers/waker.ts'
import { comeToRest, holdTime } from '../support/held-time.ts'

/** A waker whose Redis answers when the test lets it. */
function aWaker() {
  const time = holdTime(0)
  const wants: (readonly string[])[] = []
  const answers: PromiseWithResolvers<number>[] = []
  const queued: string[] = []
  const waker = createWaker({
    ...time,
    logger: pino({ level: 'silent' }),
    records: {
      want(_application: string, { suspects = [] }: Want) {
        wants.push(suspects)
        const answer = Promise.withResolvers<number>()
        answers.push(answer)
        return answer.promise
      },
    },
    queue: { enqueue: async (application) => void queued.push(application) },
  })
  return { waker, time, wants, queued, answer: () => answers.shift() }
}

test('a waker', async (t) => {
  await t.test('asks at once, and for what comes meanwhile together', async (t) => {
    const { waker, wants, queued, answer } = aWaker()
    for (const key of ['a', 'b', 'c', 'b']) waker.wake('shop', key)
    t.strictSame(wants, [['a']])

    answer()?.resolve(1)
    await comeToRest()
    t.strictSame(wants, [['a'], ['b', 'c']])
    answer()?.resolve(2)
    await comeToRest()
    t.strictSame(queued, ['shop', 'shop'])
    t.equal(wants.length, 2)
  })

  await t.test('keeps what Redis does not take, and asks again', async (t) => {
    const { waker, time, wants, queued, answer } = aWaker()
    waker.wake('shop', 'a')
    answer()?.reject(new Error('gone'))
    await comeToRest()
    waker.wake('shop', 'b')
    answer()?.reject(new Error('gone'))
    await comeToRest()
    t.strictSame(queued, [])

    await time.pass(1_000)
    answer()?.resolve(1)
    await comeToRest()
    t.strictSame(wants.at(-1)?.toSorted(), ['a', 'b'])
    t.strictSame(queued, ['shop'])
  })

  await t.test('asks nothing more when it is stopped', async (t) => {
    const { waker, time, wants, answer } = aWaker()
    waker.wake('shop', 'a')
    answer()?.reject(new Error('gone'))
    await comeToRest()
    waker.stop()
    await time.pass(5_000)

    t.equal(wants.length, 1)
  })
})
