import { test } from 'tap'
import { StageError } from '../../src/domain/error.ts'
import { actOnFresh } from '../../src/engine/act-on-fresh.ts'
import type { Timers } from '../../src/engine/timers.ts'

const unstopped = new AbortController().signal
const stale = new StageError('OBJECT_CONFLICT', 'somebody else wrote it')

/** Acts on looks 0, 1, 2 …; the first `conflicts` of them are out of date. No wait takes time. */
async function act(conflicts: number, failure = stale) {
  const seen: number[] = []
  const waited: number[] = []
  const timers: Timers = {
    after(ms, run) {
      waited.push(ms)
      queueMicrotask(run)
      return () => {}
    },
  }
  let looks = 0
  const look = async () => {
    looks += 1
    return looks
  }
  const result = actOnFresh({ signal: unstopped, timers }, 0, look, async (version) => {
    seen.push(version)
    if (version < conflicts) throw failure
    return `done at ${version}`
  })
  return { result: await result.catch((error: unknown) => error), seen, waited }
}

test('what is done to an object as it was last seen', async (t) => {
  await t.test('is done at once where nobody has changed it', async (t) => {
    t.strictSame(await act(0), { result: 'done at 0', seen: [0], waited: [] })
  })

  await t.test('is decided anew, by a new look, each time that somebody has', async (t) => {
    t.match(await act(4), { result: 'done at 4', seen: [0, 1, 2, 3, 4] })
  })

  await t.test('is tried again at once, then after ever longer waits', async (t) => {
    const { waited } = await act(9)

    t.strictSame(waited, [10, 20, 50, 100, 200, 400, 800, 1600])
  })

  await t.test('is given up after three seconds of others who write it', async (t) => {
    const { result, seen } = await act(10)

    t.equal(result, stale)
    t.equal(seen.length, 10)
  })

  await t.test('is not tried again for another failure', async (t) => {
    const failure = new StageError('OBJECT_INVALID', 'no')

    t.strictSame(await act(1, failure), { result: failure, seen: [0], waited: [] })
  })

  await t.test('is not tried again once the sync is stopped', async (t) => {
    const stopped = AbortSignal.abort(new Error('stopped'))
    const tries: string[] = []
    const trying = actOnFresh(
      { signal: stopped },
      0,
      async () => 1,
      async () => {
        tries.push('again')
        throw stale
      },
    )

    await t.rejects(trying, { message: 'stopped' })
    t.equal(tries.length, 1)
  })
})
