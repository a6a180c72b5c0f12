// Writes docs/threat-coverage.md: each row of tools/threat-rows.ts with the tests whose titles begin
// with its id. Run by hand after a change of such a test: node tools/threat-table.ts
import { globSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ThreatGroup, type ThreatRow, threatGroups } from './threat-rows.ts'

export interface RowTest {
  readonly id: string
  readonly fact: string
  /** From the root of the repository. */
  readonly file: string
}

export const threatPage = 'docs/threat-coverage.md'

const root = join(import.meta.dirname, '..')

/** A string of a test that begins with ids of rows, as in `'C2, C5: takes no path that …'`. */
const title = /(['"`])((?:[A-FIR]\d{1,2}, )*[A-FIR]\d{1,2}): ((?:\\.|(?!\1)[^\\\n])+)\1/g

export function testsIn(file: string, source: string): readonly RowTest[] {
  return Array.from(source.matchAll(title)).flatMap(([, , ids = '', fact = '']) =>
    ids
      .split(', ')
      .filter((id) => !id.startsWith('I'))
      .map((id) => ({ id, fact: plain(fact), file })),
  )
}

// What a template fills in is told by the test's other words.
function plain(fact: string): string {
  return fact.replace(/\$\{[^}]*\}/g, '…').replace(/\\(.)/g, '$1')
}

export async function findRowTests(): Promise<readonly RowTest[]> {
  const files = globSync('test/**/*.ts', { cwd: root, exclude: ['test/house/**'] }).sort()
  const found = files.map(async (file) => testsIn(file, await readFile(join(root, file), 'utf8')))
  return (await Promise.all(found)).flat()
}

/** What keeps the page from being complete: a sentence each. */
export function gapsIn(tests: readonly RowTest[]): readonly string[] {
  const rows = threatGroups.flatMap((group) => group.rows)
  const known = new Set(rows.map(({ id }) => id))
  const tested = new Set(tests.map(({ id }) => id))
  const bare = rows.filter(({ id, pending }) => !tested.has(id) && pending === undefined)
  const stray = tests.filter(({ id }) => !known.has(id))
  return [
    ...bare.map(({ id, threat }) => `${id} (${threat}) has neither a test nor a reason`),
    ...stray.map(({ id, file }) => `${file}: there is no row ${id}`),
  ]
}

export function threatTable(tests: readonly RowTest[]): string {
  const sections = threatGroups.map((group) => sectionOf(group, tests))
  return `${opening}\n${sections.join('\n')}`
}

const opening = `<!-- Written by tools/threat-table.ts from the titles of the tests. -->

# Threats, faults and their tests

Each row is an attack or a fault that hit systems of this kind, with what the tests say about it. A test's title begins
with the id of its row. The [threat model](threat-model.md) says who may do what, and what stops them.
`

function sectionOf({ title: heading, rows }: ThreatGroup, tests: readonly RowTest[]): string {
  const lines = rows.map((row) => lineOf(row, tests))
  return `## ${heading}\n\n| Row | Threat | What the tests say |\n| --- | --- | --- |\n${lines.join('\n')}\n`
}

function lineOf({ id, threat, pending }: ThreatRow, tests: readonly RowTest[]): string {
  const own = tests.filter((test) => test.id === id)
  const facts = own.map(({ fact, file }) => `${cell(fact)} ([${nameOf(file)}](../${file}))`)
  const told = facts.length > 0 ? facts.join('<br>') : `not tested: ${pending}`
  return `| ${id} | ${threat} | ${told} |`
}

function nameOf(file: string): string {
  return file.replace(/^test\//, '').replace(/(?:\.test)?\.ts$/, '')
}

// A page of Markdown obeys these.
function cell(text: string): string {
  return text.replace(/[|<>*_`[\]]/g, '\\$&')
}

if (import.meta.main) {
  const tests = await findRowTests()
  await writeFile(join(root, threatPage), threatTable(tests))
  for (const gap of gapsIn(tests)) console.error(gap)
}
