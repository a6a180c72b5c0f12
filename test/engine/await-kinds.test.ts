import { test } from 'tap'
import { StageError } from '../../src/domain/error.ts'
import { whenServed } from '../../src/engine/await-kinds.ts'

const unknown = new StageError('PLAN_UNKNOWN_KIND', 'the cluster knows no kind Widget')

function target(signal = new AbortController().signal) {
  let refreshed = 0
  const refresh = () => {
    refreshed += 1
  }
  return { signal, cluster: { discovery: { refresh } }, refreshed: () => refreshed }
}

test('asking for an object whose kind was defined a moment ago', async (t) => {
  await t.test('is repeated until the server knows the kind', async (t) => {
    const asked = target()
    let times = 0
    const answer = await whenServed(asked, async () => {
      times += 1
      if (times < 3) throw unknown
      return 'served'
    })

    t.equal(answer, 'served')
    t.equal(times, 3)
    t.equal(asked.refreshed(), 2)
  })

  await t.test('is not repeated after any other refusal', async (t) => {
    let times = 0
    const refused = whenServed(target(), async () => {
      times += 1
      throw new StageError('OBJECT_INVALID', 'widgets w: spec.size: must be an integer')
    })

    await t.rejects(refused, { code: 'OBJECT_INVALID' })
    t.equal(times, 1)
  })

  await t.test('is repeated after such refusals as may pass', async (t) => {
    let times = 0
    const ask = async () => {
      times += 1
      if (times < 2) throw new StageError('ADMISSION_DENIED', 'pods p: no account')
      return 'made'
    }

    t.equal(await whenServed(target(), ask, ['ADMISSION_DENIED']), 'made')
  })

  await t.test('ends with the sync', async (t) => {
    const stop = new AbortController()
    const refused = whenServed(target(stop.signal), async () => {
      stop.abort(new StageError('SYNC_INTERRUPTED', 'the worker stops'))
      throw unknown
    })

    await t.rejects(refused, { code: 'SYNC_INTERRUPTED' })
  })
})
