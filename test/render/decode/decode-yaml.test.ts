import fc from 'fast-check'
import { test } from 'tap'
import { stringify } from 'yaml'
import { decodeYaml } from '../../../src/render/decode/decode-yaml.ts'
import { limits } from '../../../src/render/limits.ts'

function decode(text: string) {
  const decoded = decodeYaml({ text, line: 1 })
  return decoded.kind === 'value' ? decoded.value : decoded
}

function problemOf(text: string) {
  const decoded = decodeYaml({ text, line: 1 })
  return decoded.kind === 'bad' ? decoded.problems[0] : undefined
}

test('scalars are what kubectl makes of them', async (t) => {
  const table: readonly (readonly [string, unknown])[] = [
    ['yes', true],
    ['off', false],
    ['y', true],
    ['~', null],
    ['', null],
    ['0777', 511],
    ['0x1f', 31],
    ['089', 89],
    ['1_000', 1000],
    ['1e3', 1000],
    ['1.50', 1.5],
    ['22:22', '22:22'],
    ['1:30:00', '1:30:00'],
    ['2001-01-01', '2001-01-01'],
    ['2001-01-01T00:00:00Z', '2001-01-01T00:00:00Z'],
    ['12e4567', '12e4567'],
    ['9007199254740991', 9007199254740991],
    ['"yes"', 'yes'],
    ["'0777'", '0777'],
    ['!!str 1', '1'],
    ['=', '='],
    ['1m', '1m'],
    ['"\\u00e9\\/"', 'é/'],
    ['|-\n  a\n  b', 'a\nb'],
  ]
  for (const [text, value] of table) t.same(decode(`a: ${text}`), { a: value }, text)
})

test('keys are texts', async (t) => {
  t.same(decode('1: a\nyes: b\n1.5: c'), { '1': 'a', true: 'b', '1.5': 'c' })
  t.match(problemOf('a: 1\n~: 2'), { line: 2, message: /key is empty/ })
  t.match(problemOf('? [a]\n: 1'), { message: /key is a mapping/ })
})

test('JSON is YAML, tabs and all', async (t) => {
  t.same(decode('{\n\t"a": [1, true, null],\n\t"b": {"c": "d"}\n}\n'), {
    a: [1, true, null],
    b: { c: 'd' },
  })
})

test('merge keys and aliases are followed', async (t) => {
  const text = `
base: &base {a: 1, b: 1}
more: &more {b: 2, c: 2}
own: {<<: *base, b: 3}
both: {<<: [*base, *more], d: 4}
same: *base
text: {"<<": 1}
`
  t.match(decode(text), {
    own: { a: 1, b: 3 },
    both: { a: 1, b: 1, c: 2, d: 4 },
    same: { a: 1, b: 1 },
    text: { '<<': 1 },
  })
  t.match(problemOf('a: {<<: 1}'), { message: /merge key/ })
})

test('what has no JSON form, or would be changed in silence, is a problem with its line', async (t) => {
  const table: readonly (readonly [string, RegExp, number])[] = [
    ['a: 1\nb: 9007199254740993', /2\^53/, 2],
    ['a: 1\nb: .inf', /infinity/, 2],
    ['a: .nan', /infinity and NaN/, 1],
    ['a: !!binary aGk=', /tag/, 1],
    ['a: !custom 1', /tag/, 1],
    ['a: 1\n\na: 2', /appears twice/, 3],
    ['a: *missing', /alias/, 1],
    ['a: &a [*a]', /alias/, 1],
    ['a:\n\tb: 1', /tab/, 2],
    ['a: b: c', /mapping begins|indentation/, 1],
    ['a: [1', /character is missing|indentation/, 1],
    ['a: "\\q"', /escape/, 1],
  ]
  for (const [text, message, line] of table) t.match(problemOf(text), { message, line }, text)
})

test('no message quotes the document, which may be a Secret', async (t) => {
  const secrets = [
    'a: c4nary: x',
    'c4nary',
    '"c4nary',
    'a: *c4nary',
    '- "\\c4nary"',
    '%c4nary\n---',
    '! c4nary: [',
  ]
  for (const text of secrets)
    t.notMatch(
      JSON.stringify(decodeYaml({ text, line: 1 })),
      /c4nary.*message|message.*c4nary/,
      text,
    )
})

test('D9: keys that reach a prototype are refused at any depth', async (t) => {
  for (const key of ['__proto__', 'constructor', 'prototype']) {
    for (let depth = 1; depth <= 5; depth += 1) {
      const text = `${'{a: '.repeat(depth)}{"${key}": {x: 1}}${'}'.repeat(depth)}`
      t.match(problemOf(text), { code: 'RENDER_REFUSED' }, text)
    }
    t.match(problemOf(`base: &b {${key}: {x: 1}}\na: {<<: *b}`), { code: 'RENDER_REFUSED' })
  }
  t.equal(({} as { x?: unknown }).x, undefined)
})

test('D8: bombs are refused in no time', async (t) => {
  const levels = Array.from({ length: 9 }, (_, i) => {
    const items = i === 0 ? '"lol"' : `*a${i - 1}`
    return `a${i}: &a${i} [${Array(9).fill(items).join(',')}]`
  })
  const long = `a: &a "${'x'.repeat(10_000)}"\nb: [${Array(5000).fill('*a').join(',')}]`
  const chain = Array.from(
    { length: 200 },
    (_, i) => `a${i}: &a${i} [${i === 0 ? '' : `*a${i - 1}`}]`,
  )
  const bombs = {
    'a billion laughs': levels.join('\n'),
    'a long text many times': long,
    'a chain of aliases': chain.join('\n'),
    'five megabytes of anchors': '- &a\n'.repeat(1_000_000),
    'two megabytes of anchors': '- &a\n'.repeat(400_000),
    'open brackets': '['.repeat(2_000_000),
    'open braces': '{a: '.repeat(700_000),
    'lists in lists': '- '.repeat(1_000_000),
    'keys of keys': '? '.repeat(1_000_000),
    'a document too long': `a: ${'x'.repeat(limits.documentBytes)}`,
  }
  for (const [name, text] of Object.entries(bombs)) {
    const before = performance.now()
    const problem = problemOf(text)
    const took = performance.now() - before

    t.match(problem, { code: 'RENDER_LIMIT' }, name)
    t.ok(took < 1000, `${name} took ${Math.round(took)} ms`)
  }
})

test('values may be a hundred levels deep, written out or by aliases', async (t) => {
  t.equal(problemOf(`${'['.repeat(100)}${']'.repeat(100)}`), undefined)
  t.match(problemOf(`${'['.repeat(102)}${']'.repeat(102)}`), { code: 'RENDER_LIMIT' })
})

test('a document tells lines and sizes of its parts', async (t) => {
  const text = 'a: 1\nlist:\n  - name: x\n  - name: yy\n'
  const decoded = decodeYaml({ text, line: 10 })

  t.equal(decoded.kind, 'value')
  if (decoded.kind !== 'value') return
  const { list } = decoded.value as { list: readonly unknown[] }
  t.equal(decoded.places.lineOf(decoded.value), 10)
  t.equal(decoded.places.lineOf(list[1]), 13)
  t.ok(decoded.places.bytesOf(list[1]) > decoded.places.bytesOf(list[0]))
  t.equal(decoded.places.lineOf({}), undefined)
})

test('what was written as YAML 1.1 is read back', async (t) => {
  const key = fc
    .string({ minLength: 1, maxLength: 8 })
    .filter((name) => !/^(?:__proto__|<<)$/.test(name))
  const json = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.string(),
      fc.boolean(),
      fc.constant(null),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(key, tie('value'), { maxKeys: 4 }),
    ),
  })).value
  fc.assert(
    fc.property(fc.dictionary(key, json, { minKeys: 1 }), (value) => {
      const clean = JSON.parse(JSON.stringify(value)) as unknown
      const text = stringify(clean, { version: '1.1' })
      const decoded = decode(text)
      return JSON.stringify(decoded) === JSON.stringify(clean)
    }),
    { numRuns: 300 },
  )
  t.pass('300 documents')
})

test('any text is a value, nothing, or problems', async (t) => {
  const pieces = fc.constantFrom(
    'a',
    ':',
    ' ',
    '\n',
    '- ',
    '[',
    ']',
    '{',
    '}',
    '&x',
    '*x',
    '"',
    "'",
    '|',
    '!',
    '%',
    '#',
    '?',
    ',',
    '<<',
    '\t',
    '---',
    '0',
  )
  const texts = fc.oneof(
    fc.string(),
    fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join('')),
  )
  fc.assert(
    fc.property(texts, (text) =>
      ['value', 'empty', 'bad'].includes(decodeYaml({ text, line: 1 }).kind),
    ),
    { numRuns: 3000 },
  )
  t.pass('3,000 texts')
})
