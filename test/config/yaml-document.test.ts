import { performance } from 'node:perf_hooks'
import { test } from 'tap'
import { readYaml } from '../../src/config/yaml-document.ts'

function faultOf(text: string): string {
  return readYaml(text)
    .faults.map(({ line, col, path, message }) => `${line}:${col} ${path.join('.')}: ${message}`)
    .join('\n')
}

test('a value has its own place, a mapping or a list that of its key', async (t) => {
  const document = readYaml('a: 1\nb:\n  c: [x, yy]\n  d:\n')
  t.same(document.locate(['a']), { line: 1, col: 4 })
  t.same(document.locate(['b']), { line: 2, col: 1 })
  t.same(document.locate(['b', 'c']), { line: 3, col: 3 })
  t.same(document.locate(['b', 'c', 1]), { line: 3, col: 10 })
  t.same(document.locate(['b', 'd']), { line: 4, col: 3 })
  t.same(document.locateKey(['a']), { line: 1, col: 1 })
  t.same(document.locate(['b', 'nothing', 'below']), { line: 2, col: 1 }, 'else the nearest parent')
})

test('an alias has the value of its anchor', async (t) => {
  const document = readYaml('a: &x { k: 1 }\nb: *x\n')
  t.same(document.data, { a: { k: 1 }, b: { k: 1 } })
  t.same(document.faults, [])
  t.same(document.locate(['b', 'k']), { line: 1, col: 12 })
})

test('the rules are those of YAML 1.2', async (t) => {
  t.same(readYaml('a: yes\nb: 012\nc: 1:30\nd: 2026-01-01\ne: true\n').data, {
    a: 'yes',
    b: 12,
    c: '1:30',
    d: '2026-01-01',
    e: true,
  })
})

test('a fault of the syntax has its place, and never the text around it', async (t) => {
  t.match(faultOf('a: 1\nb: [hunter2\n'), /^3:1 : not valid YAML: Flow sequence/)
  t.match(faultOf('a: }hunter2'), /^1:4 : not valid YAML/)
  t.match(faultOf('a: "x" hunter2'), /^1:8 : not valid YAML/)
  t.notMatch(faultOf('a: }hunter2'), /hunter2/)
  t.match(faultOf('\ta: 1'), /^1:1 : not valid YAML: Tabs/)
  t.match(faultOf('a: !custom x'), /^1:4 : not valid YAML: Unresolved tag/)
  t.match(faultOf('a: 1\n---\nb: 2\n'), /^2:1 : a second document begins here/)
})

test('a key given twice, a key that is no text and an alias to nothing are faults', async (t) => {
  t.equal(faultOf('a: 1\nb:\n  c: 1\n  c: 2\n'), '4:3 b.c: given twice, keep one')
  t.match(faultOf('? [a]\n: 1\n'), /^1:3 : a key must be plain text/)
  t.match(faultOf('a: *nothing\n'), /^1:4 a: no anchor &nothing/)
})

test('D9: the keys that reach a prototype are refused at any depth', async (t) => {
  for (const key of ['__proto__', 'constructor', 'prototype']) {
    let text = `${key}: { polluted: true }\n`
    for (let depth = 1; depth <= 5; depth += 1) {
      t.match(faultOf(text), new RegExp(`"${key}" cannot be a key`), `${key} at depth ${depth}`)
      text = `level${depth}:\n${text.replace(/^/gm, '  ').trimEnd()}\n`
    }
  }
  t.match(
    faultOf('a: &x { __proto__: { polluted: true } }\n<<: *x\n'),
    /"__proto__" cannot be a key/,
  )
  t.notOk('polluted' in {})
})

test('D8: bombs of aliases, depth, anchors, keys and documents are refused in time', async (t) => {
  const laughs = ['a0: &a0 [x, x, x, x, x, x, x, x, x]']
  for (let level = 1; level < 20; level += 1) {
    laughs.push(
      `a${level}: &a${level} [${Array(9)
        .fill(`*a${level - 1}`)
        .join(', ')}]`,
    )
  }
  const bombs = {
    'aliases to aliases': laughs.join('\n'),
    'an alias to itself': 'a: &a [*a]',
    'an alias to what is above': 'a: &a { b: { c: *a } }',
    'many aliases': `x: &x [1, 2]\nl: [${'*x, '.repeat(60_000)}]`,
    'depth within a line': `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
    'depth by indentation': Array.from(
      { length: 500 },
      (_, index) => `${' '.repeat(index)}a:`,
    ).join('\n'),
    'many anchors': '- &a\n'.repeat(60_000),
    'many keys': Array.from({ length: 60_000 }, (_, index) => `k${index}: 1`).join('\n'),
    'many documents': '--- a\n'.repeat(60_000),
  }
  for (const [name, text] of Object.entries(bombs)) {
    const start = performance.now()
    t.not(readYaml(text).faults.length, 0, name)
    t.ok(performance.now() - start < 5_000, `${name}: within 5 s`)
  }
})
