import { test } from 'tap'
import { createFetchQueue } from '../../src/source/fetch-queue.ts'

/** Work that tells when it begins and ends when it is told to. */
function aWork() {
  const begun = Promise.withResolvers<AbortSignal>()
  const end = Promise.withResolvers<void>()
  let runs = 0
  const work = (signal: AbortSignal) => {
    runs += 1
    begun.resolve(signal)
    return end.promise
  }
  return { work, begun: begun.promise, end, runs: () => runs }
}

const never = new AbortController().signal

test('fetches of one mirror run one after the other', async (t) => {
  const queue = createFetchQueue()
  const [first, second] = [aWork(), aWork()]
  const running = queue.run('mirror', 'main', never, first.work)
  await first.begun
  const waiting = queue.run('mirror', 'next', never, second.work)

  t.equal(second.runs(), 0)
  first.end.resolve()
  await running
  await second.begun
  second.end.resolve()
  await waiting
})

test('fetches of two mirrors run at once', async (t) => {
  const queue = createFetchQueue()
  const [first, second] = [aWork(), aWork()]
  const both = [
    queue.run('one', 'main', never, first.work),
    queue.run('two', 'main', never, second.work),
  ]

  await Promise.all([first.begun, second.begun])
  first.end.resolve()
  second.end.resolve()
  await Promise.all(both)
  t.same([first.runs(), second.runs()], [1, 1])
})

test('callers join the fetch of their branch that has not begun, not the one that has', async (t) => {
  const queue = createFetchQueue()
  const [running, joined, other] = [aWork(), aWork(), aWork()]
  const calls = [queue.run('mirror', 'main', never, running.work)]
  await running.begun
  calls.push(queue.run('mirror', 'main', never, joined.work))
  calls.push(queue.run('mirror', 'main', never, other.work))
  for (const { end } of [running, joined, other]) end.resolve()
  await Promise.all(calls)

  t.same([running.runs(), joined.runs(), other.runs()], [1, 1, 0])
})

test('a failed fetch fails its callers and not the next fetch', async (t) => {
  const queue = createFetchQueue()
  const [failing, next] = [aWork(), aWork()]
  failing.end.reject(new Error('unreachable'))
  next.end.resolve()
  const failed = queue.run('mirror', 'main', never, failing.work)
  const also = queue.run('mirror', 'main', never, next.work)

  await t.rejects(failed, { message: 'unreachable' })
  await t.rejects(also, { message: 'unreachable' })
  await queue.run('mirror', 'main', never, next.work)
  t.equal(next.runs(), 1)
})

test('a joined fetch goes on while anybody waits for it, and stops when nobody does', async (t) => {
  const queue = createFetchQueue()
  const { work, begun } = aWork()
  const [one, two] = [new AbortController(), new AbortController()]
  const calls = [
    queue.run('mirror', 'main', one.signal, work),
    queue.run('mirror', 'main', two.signal, work),
  ]
  const signal = await begun

  one.abort(new Error('superseded'))
  await t.rejects(calls[0] ?? Promise.resolve(), { message: 'superseded' })
  t.notOk(signal.aborted)
  two.abort(new Error('shutdown'))
  await t.rejects(calls[1] ?? Promise.resolve(), { message: 'shutdown' })
  t.match(signal.reason, { message: 'shutdown' })
})

test('a fetch nobody waits for any more never begins', async (t) => {
  const queue = createFetchQueue()
  const [first, dropped, last] = [aWork(), aWork(), aWork()]
  const running = queue.run('mirror', 'main', never, first.work)
  await first.begun
  const controller = new AbortController()
  const waiting = queue.run('mirror', 'next', controller.signal, dropped.work)
  controller.abort(new Error('superseded'))
  await t.rejects(waiting, { message: 'superseded' })
  first.end.resolve()
  last.end.resolve()
  await running
  await queue.run('mirror', 'next', never, last.work)

  t.same([dropped.runs(), last.runs()], [0, 1])
})
