import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import { findRowTests, gapsIn, testsIn, threatPage, threatTable } from '../../tools/threat-table.ts'

const root = join(import.meta.dirname, '../..')
const tests = await findRowTests()

test(`${threatPage} is what node tools/threat-table.ts writes`, async (t) => {
  t.equal(await readFile(join(root, threatPage), 'utf8'), threatTable(tests))
})

test('every row of the threats has a test, or a reason why not', async (t) => {
  t.ok(tests.length > 150, `${tests.length} tests name a row`)
  t.strictSame(gapsIn(tests), [])
})

test('a row that nothing tests is found out, and so is a test of no row', async (t) => {
  const some = [...tests.filter(({ id }) => id !== 'D2'), { id: 'A99', fact: 'x', file: 'y.ts' }]

  t.strictSame(gapsIn(some), [
    'D2 (bases and dependencies on another host) has neither a test nor a reason',
    'y.ts: there is no row A99',
  ])
})

test('a title names its rows before a colon, in any quotes', async (t) => {
  const source = [
    "test('C2, C5: takes no path', async",
    '`A1: cut off at ${size} bytes`',
    '"R5: it\\"s told"',
    "'I5, E6: no secret leaves'",
    "'not a row: A1'",
  ]

  t.strictSame(
    testsIn('a.ts', source.join('\n')).map(({ id, fact }) => `${id} ${fact}`),
    [
      'C2 takes no path',
      'C5 takes no path',
      'A1 cut off at … bytes',
      'R5 it"s told',
      'E6 no secret leaves',
    ],
  )
})
