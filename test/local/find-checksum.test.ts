import fc from 'fast-check'
import { test } from 'tap'
import { findChecksum } from '../../src/local/find-checksum.ts'

const a = 'a'.repeat(64)
const b = 'b'.repeat(64)

test('a checksum is found', async (t) => {
  t.equal(findChecksum(`${a}\n`, 'tool'), a, 'alone in its file')
  t.equal(findChecksum(`${a.toUpperCase()}\n`, 'tool'), a, 'in upper case')
  t.equal(findChecksum(`${b}  other\n${a}  tool\n`, 'tool'), a, 'in the line of the file')
  t.equal(findChecksum(`${a} *tool\n`, 'tool'), a, 'of a file read as binary')
  const assets = [
    { name: 'other', digest: `sha256:${b}` },
    { name: 'tool', digest: `sha256:${a}` },
  ]
  t.equal(findChecksum(JSON.stringify({ assets }), 'tool'), a, 'in a GitHub release')
})

test('no checksum is found', async (t) => {
  t.equal(findChecksum(`${a}  tool.sig\n${b}  other\n`, 'tool'), undefined, 'for another file')
  t.equal(findChecksum('<html>sign in to this network</html>', 'tool'), undefined, 'in a page')
  t.equal(findChecksum(a.slice(1), 'tool'), undefined, 'when it is too short')
  t.equal(findChecksum('{"assets":[{"name":"tool"}]}', 'tool'), undefined, 'without a digest')
  t.equal(
    findChecksum(`{"assets":[{"name":"tool","digest":"md5:${a}"}]}`, 'tool'),
    undefined,
    'md5',
  )
  t.equal(findChecksum('{', 'tool'), undefined, 'in broken JSON')
})

test('whatever a server answers, what is found is a sha256 or nothing', async (t) => {
  const isSound = (text: string) => /^[0-9a-f]{64}$/.test(findChecksum(text, 'tool') ?? a)
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.string().map((s) => `${a} ${s}`),
        ),
        isSound,
      ),
    ),
  )
})
