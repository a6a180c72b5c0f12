import { test } from 'tap'
import { stringify } from 'yaml'
import { findInIndex } from '../../../src/source/charts/find-in-index.ts'

const entry = (version: string, url: string) => ({
  apiVersion: 'v2',
  annotations: { images: '- name: a\n  - version: 9.9.9\n' },
  dependencies: [{ name: 'cache', version: '1.0.0', repository: 'https://example.com' }],
  description: `entries:\n  db:\n  - version: ${version}`,
  keywords: ['x', 'y'],
  urls: [url, 'https://mirror.example.com/x.tgz'],
  version,
})

const index = {
  apiVersion: 'v1',
  entries: {
    'a-db': [entry('1.0.0', 'wrong.tgz')],
    db: [entry('1.1.0', 'db-1.1.0.tgz'), entry('1.0.0', 'https://example.com/db-1.0.0.tgz')],
    'db-more': [entry('2.0.0', 'wrong.tgz')],
    'x.y': [entry('3.0.0', 'x.y.tgz')],
  },
  generated: '2026-01-01T00:00:00Z',
}

const forms = {
  'as helm indents it': stringify(index, { indentSeq: false }),
  'with lists indented': stringify(index),
  'as JSON': JSON.stringify(index),
}

test('a version is found in an index', (t) => {
  for (const [name, text] of Object.entries(forms)) {
    t.equal(findInIndex(text, 'db', '1.1.0'), 'db-1.1.0.tgz', name)
    t.equal(findInIndex(text, 'db', '1.0.0'), 'https://example.com/db-1.0.0.tgz', name)
    t.equal(findInIndex(text, 'x.y', '3.0.0'), 'x.y.tgz', name)
  }
  t.end()
})

test('what an index does not name is not found', (t) => {
  for (const [form, text] of Object.entries(forms)) {
    for (const [name, version] of [
      ['db', '2.0.0'],
      ['db', '9.9.9'],
      ['db', '1.0'],
      ['xzy', '3.0.0'],
      ['constructor', '1.0.0'],
      ['a.*', '1.0.0'],
    ] as const) {
      t.equal(findInIndex(text, name, version), undefined, `${form}: ${name} ${version}`)
    }
  }
  t.equal(findInIndex('', 'db', '1.0.0'), undefined)
  t.equal(findInIndex('<html>', 'db', '1.0.0'), undefined)
  t.end()
})

test('D8: an index of many megabytes is read in the time of one version', (t) => {
  const versions = Array.from({ length: 20_000 }, (_, at) => entry(`0.${at}.0`, `db-0.${at}.0.tgz`))
  const item = stringify(versions.slice(0, 1), { indentSeq: false })
  const lines = versions.map(({ version }) => item.replaceAll('0.0.0', version)).join('')
  const text = `apiVersion: v1\nentries:\n  db:\n${lines.replace(/^/gm, '  ')}`
  const start = performance.now()

  t.equal(findInIndex(text, 'db', '0.19999.0'), 'db-0.19999.0.tgz')
  t.ok(text.length > 5_000_000)
  t.ok(performance.now() - start < 2000)
  t.end()
})

test('D8: an index that is a bomb of aliases is refused', (t) => {
  const bomb = 'entries:\n  db:\n  - a: &a [1, 1]\n    b: [*a, *a]\n    version: 1.0.0\n'

  t.throws(() => findInIndex(bomb, 'db', '1.0.0'), /alias/i)
  t.end()
})
