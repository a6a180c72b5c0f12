import fc from 'fast-check'
import { test } from 'tap'
import { mapInFlight } from '../../src/engine/in-flight.ts'

/** Calls that end when the test says so, in any order. */
function held() {
  const begun: { item: number; end(): void; fail(error: Error): void }[] = []
  const map = (item: number): Promise<number> => {
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    begun.push({ item, end: () => resolve(item * 10), fail: reject })
    return promise
  }
  return { begun, map }
}

/** Lets everything go on that can without another call ending. */
async function turn(): Promise<void> {
  for (let tick = 0; tick < 10; tick += 1) await Promise.resolve()
}

test('mapping with calls in flight', async (t) => {
  await t.test('begins no more than the limit, and the next when one ends', async (t) => {
    const { begun, map } = held()

    const results = mapInFlight([1, 2, 3], 2, map)
    await turn()

    t.equal(begun.length, 2)
    begun[1]?.end()
    await turn()
    t.strictSame(
      begun.map(({ item }) => item),
      [1, 2, 3],
    )
    begun[2]?.end()
    begun[0]?.end()
    t.strictSame(await results, [10, 20, 30])
  })

  await t.test('after a failure begins none, and throws when the others have ended', async (t) => {
    const { begun, map } = held()
    let ended = false

    const results = mapInFlight([1, 2, 3, 4], 2, map)
    const settled = results.catch(() => (ended = true))
    await turn()
    begun[0]?.fail(new Error('first'))
    await turn()

    t.notOk(ended)
    begun[1]?.end()
    await settled
    await t.rejects(results, { message: 'first' })
    t.equal(begun.length, 2)
  })

  await t.test('of nothing is nothing', async (t) => {
    t.strictSame(await mapInFlight([], 4, held().map), [])
  })

  await t.test('keeps the order of the items, whatever the limit', async (t) => {
    const property = fc.asyncProperty(
      fc.array(fc.nat()),
      fc.integer({ min: 1, max: 20 }),
      async (items, limit) => {
        const doubled = await mapInFlight(items, limit, async (item) => item * 2)
        return doubled.join() === items.map((item) => item * 2).join()
      },
    )

    await t.resolves(fc.assert(property))
  })
})
