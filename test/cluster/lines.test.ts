import fc from 'fast-check'
import { test } from 'tap'
import { linesOf } from '../../src/cluster/lines.ts'

async function* inPieces(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let start = 0
  for (const size of sizes) {
    yield bytes.subarray(start, start + size)
    start += size
  }
  yield bytes.subarray(start)
}

test('lines are the same however the bytes arrive', async (t) => {
  const line = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\n'))
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.array(fc.nat(7)), async (lines, sizes) => {
      const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''))
      const seen = await collect(linesOf(inPieces(bytes, sizes)))
      t.same(seen, lines)
    }),
    { numRuns: 50 },
  )
})

test('a last line that was cut off is left out', async (t) => {
  t.same(await collect(linesOf(inPieces(Buffer.from('a\nb'), []))), ['a'])
})

async function collect(lines: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = []
  for await (const line of lines) all.push(line)
  return all
}
