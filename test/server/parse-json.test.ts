import fc from 'fast-check'
import { test } from 'tap'
import { parseJson } from '../../src/server/parse-json.ts'

test('every JSON value within the depth is what JSON.parse makes of it', async (t) => {
  const property = fc.property(fc.json({ maxDepth: 10 }), (text) => {
    fc.pre(!/__proto__|constructor/.test(text))
    t.same(parseJson(Buffer.from(text), 64), JSON.parse(text))
  })

  t.doesNotThrow(() => fc.assert(property))
})

test('A3: depth counts what is open, and no bracket in a string', async (t) => {
  const nested = (depth: number) => Buffer.from('['.repeat(depth) + ']'.repeat(depth))

  t.doesNotThrow(() => parseJson(nested(64), 64))
  t.throws(() => parseJson(nested(65), 64), { code: 'DELIVERY_MALFORMED', text: /deeper than 64/ })
  t.doesNotThrow(() => parseJson(Buffer.from(`[${'[],'.repeat(1000)}[]]`), 2))
  t.doesNotThrow(() => parseJson(Buffer.from(`["${'['.repeat(1000)}","\\"[[["]`), 2))
})

test('any bytes give a value or DELIVERY_MALFORMED', async (t) => {
  const property = fc.property(fc.uint8Array(), (bytes) => {
    try {
      parseJson(Buffer.from(bytes), 64)
      return true
    } catch (error: unknown) {
      return (error as { code?: string }).code === 'DELIVERY_MALFORMED'
    }
  })

  t.doesNotThrow(() => fc.assert(property))
})
