import { PassThrough } from 'node:stream'
import { test } from 'tap'
import { createByteBudget } from '../../src/server/byte-budget.ts'
import { readBody } from '../../src/server/read-body.ts'

test('a body within the limit is read whole', async (t) => {
  const stream = new PassThrough()
  const body = readBody(stream, 6, createByteBudget(100).lease())
  stream.write('abc')
  stream.end('def')

  t.same(await body, { kind: 'read', bytes: Buffer.from('abcdef') })
})

test('one byte more is too large, and leaves the stream open', async (t) => {
  const stream = new PassThrough()
  const body = readBody(stream, 6, createByteBudget(100).lease())
  stream.write('abc')
  stream.write('defg')

  t.same(await body, { kind: 'too-large' })
  t.notOk(stream.destroyed)
})

test('a body that breaks off is aborted', async (t) => {
  const stream = new PassThrough()
  const body = readBody(stream, 6, createByteBudget(100).lease())
  stream.write('abc')
  stream.destroy(new Error('aborted'))

  t.same(await body, { kind: 'aborted' })
})

test('all bodies share one budget, and give back what they held', async (t) => {
  const budget = createByteBudget(10)
  const [first, second] = [budget.lease(), budget.lease()]
  const read = (text: string, lease = second) => {
    const stream = new PassThrough()
    stream.end(text)
    return readBody(stream, 100, lease)
  }

  t.match(await read('0123456', first), { kind: 'read' })
  t.same(await read('0123'), { kind: 'no-room' })
  first.release()
  first.release()
  t.match(await read('0123456789'), { kind: 'read' })
  t.same(await read('0'), { kind: 'no-room' })
})
