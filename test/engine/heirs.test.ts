import { test } from 'tap'
import { StageError } from '../../src/domain/error.ts'
import { findInherited } from '../../src/engine/heirs.ts'
import type { Neighbour } from '../../src/engine/neighbours.ts'
import { aRefusingTarget } from '../support/a-target.ts'
import { aConfigMap, entryOf } from '../support/objects.ts'

/** Asked for heirs of `count` objects; `answers`: what each neighbour says, in order. */
async function ask(count: number, answers: readonly (boolean | StageError)[]) {
  const { target } = aRefusingTarget(new AbortController().signal)
  const asked: string[] = []
  let underWay = 0
  let most = 0
  const all = answers.map((answer, index): Neighbour => {
    const name = `n${index}`
    return {
      name,
      mayHave: () => true,
      isPaused: async () => false,
      async has() {
        asked.push(name)
        underWay += 1
        most = Math.max(most, underWay)
        await new Promise(setImmediate)
        underWay -= 1
        if (answer instanceof StageError) throw answer
        return answer
      },
    }
  })
  const find = async () => undefined
  const inherited = await findInherited(
    {
      ...target,
      neighbours: { all, nameOf: () => undefined, find: () => undefined },
      // The kind is gone from the cluster: whether one was taken over needs no answer.
      client: { ...target.client, get: find },
      own: { ...target.own, get: find },
    },
    Array.from({ length: count }, (_, index) => entryOf(aConfigMap(`c${index}`))),
  )
  return { asked, most, inherited }
}

const broken = new StageError('RENDER_FAILED', 'next: no')

test('who has an object that Git no longer has here', async (t) => {
  await t.test('is asked of two neighbours at once, however many there are', async (t) => {
    const { most, asked, inherited } = await ask(
      3,
      Array.from({ length: 7 }, () => false),
    )

    t.equal(most, 2)
    t.equal(asked.length, 21)
    t.strictSame(inherited, [])
  })

  await t.test('is asked of nobody once it is known', async (t) => {
    const { asked, inherited } = await ask(1, [false, true, false, false, false])

    t.strictSame(asked, ['n0', 'n1', 'n2'].slice(0, asked.length))
    t.match(inherited, [{ heir: 'n1', doubt: undefined }])
  })

  await t.test('is the one that surely has it, before one that does not render', async (t) => {
    t.match((await ask(1, [broken, false, true])).inherited, [{ heir: 'n2', doubt: undefined }])
    t.match((await ask(1, [false, broken])).inherited, [{ heir: 'n1', doubt: broken }])
  })
})
