import { test } from 'tap'
import { StageError } from '../../src/domain/error.ts'
import { actOnFresh } from '../../src/engine/act-on-fresh.ts'

const stale = new StageError('OBJECT_CONFLICT', 'somebody else wrote it')

/** Acts on looks 0, 1, 2 …; the first `conflicts` of them are out of date. */
async function act(conflicts: number, failure = stale) {
  const seen: number[] = []
  let looks = 0
  const look = async () => {
    looks += 1
    return looks
  }
  const result = actOnFresh(0, look, async (version) => {
    seen.push(version)
    if (version < conflicts) throw failure
    return `done at ${version}`
  })
  return { result: await result.catch((error: unknown) => error), seen }
}

test('what is done to an object as it was last seen', async (t) => {
  await t.test('is done at once where nobody has changed it', async (t) => {
    t.strictSame(await act(0), { result: 'done at 0', seen: [0] })
  })

  await t.test('is decided anew, by a new look, each time that somebody has', async (t) => {
    t.strictSame(await act(4), { result: 'done at 4', seen: [0, 1, 2, 3, 4] })
  })

  await t.test('is given up after five tries', async (t) => {
    t.strictSame(await act(5), { result: stale, seen: [0, 1, 2, 3, 4] })
  })

  await t.test('is not tried again for another failure', async (t) => {
    const failure = new StageError('OBJECT_INVALID', 'no')

    t.strictSame(await act(1, failure), { result: failure, seen: [0] })
  })
})
