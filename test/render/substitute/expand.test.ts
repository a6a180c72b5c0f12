import fc from 'fast-check'
import { test } from 'tap'
import { expand } from '../../../src/render/substitute/expand.ts'
import { SubstitutionFault } from '../../../src/render/substitute/fault.ts'

const values: Readonly<Record<string, string>> = {
  a: 'abcABC123ABCabc',
  empty: '',
  file: 'bash.string.txt',
  path: '/path/to/file',
  slashes: 'foo/bar/baz',
  word: 'éclair',
}

const inValues = (name: string) => (Object.hasOwn(values, name) ? values[name] : undefined)

function faultOf(text: string): string {
  try {
    return `no fault: ${expand(text, inValues)}`
  } catch (error) {
    if (error instanceof SubstitutionFault) return error.message
    throw error
  }
}

// Each as Flux's envsubst answers it.
const answers: Readonly<Record<string, string>> = {
  'text, $(VAR), $a and a single $': 'text, $(VAR), $a and a single $',
  '<${a}>': '<abcABC123ABCabc>',
  '${empty}': '',
  '$${a}': '${a}',
  '$$ and $$$${a}': '$ and $${a}',
  'x ${file}$${a$${a}$a${file}': 'x bash.string.txt${a${a}$abash.string.txt',
  '$${a=${file}}': '${a=bash.string.txt}',
  '${none=x}${none:=y}${none:-z}': 'xyz',
  '${a:=x}': 'abcABC123ABCabc',
  '${empty:-x}': 'x',
  '${none:=}': '',
  '${none:-pre-${file}-post}': 'pre-bash.string.txt-post',
  '${none:=${path##*/}}': 'file',
  '${none:-https://x:80/?a=1}': 'https://x:80/?a=1',
  '${#a}': '15',
  '${a^}': 'AbcABC123ABCabc',
  '${a^^}': 'ABCABC123ABCABC',
  '${a,}': 'abcABC123ABCabc',
  '${a,,}': 'abcabc123abcabc',
  '${word^}': 'Éclair',
  '${a:3}': 'ABC123ABCabc',
  '${a:3:3}': 'ABC',
  '${a:1:-12}': 'bc',
  '${a: -3}': 'abcABC123ABCabc',
  '${a:99}': '',
  '${a:12:99}': 'abc',
  '${a:x}': 'abcABC123ABCabc',
  '${file#*.}': 'string.txt',
  '${file##*.}': 'txt',
  '${file%.*}': 'bash.string',
  '${file%%.*}': 'bash',
  '${path#*/}': 'path/to/file',
  '${path##*/}': 'file',
  '${file#[a-c]?s}': 'h.string.txt',
  '${file#[^b]*}': 'bash.string.txt',
  '${file#\\b}': 'ash.string.txt',
  '${file#[}': 'bash.string.txt',
  '${a/abc/xyz}': 'xyzABC123ABCabc',
  '${a//abc/xyz}': 'xyzABC123ABCxyz',
  '${a/#abc/XYZ}': 'XYZABC123ABCabc',
  '${a/%abc/XYZ}': 'abcABC123ABCXYZ',
  '${a/#/pre-}': 'pre-abcABC123ABCabc',
  '${a/%/-post}': 'abcABC123ABCabc-post',
  '${file/./}': 'bashstring.txt',
  '${file/./$&}': 'bash$&string.txt',
  '${slashes/\\//-}': 'foo-bar/baz',
  '${slashes//\\//-}': 'foo-bar-baz',
}

test('what stands in ${…} is replaced as Flux does it', async (t) => {
  for (const [text, answer] of Object.entries(answers)) {
    t.equal(expand(text, inValues), answer, text)
  }
})

test('what cannot be replaced is a fault that says what to do, and holds no value', async (t) => {
  const faults: Readonly<Record<string, RegExp>> = {
    '${none}': /^variable none is not defined; add it to render\.substitute\.variables/,
    '${none^^}': /^variable none is not defined/,
    '${#none}': /^variable none is not defined/,
    '${none:0:3}': /^variable none is not defined/,
    '${toString}': /^variable toString is not defined/,
    '${none:=${other}}': /^variable other is not defined/,
    '${}': /no name; write \$\$\{/,
    '${ a}': /no name/,
    [`\${${'a'.repeat(201)}}`]: /too long/,
    '${a }': /malformed or not closed/,
    '${a': /malformed or not closed/,
    '${a:-b': /malformed or not closed/,
    '${a#}': /lacks what its operator needs/,
    '${a:}': /lacks what its operator needs/,
    '${a/b}': /malformed|lacks the \//,
    '${a:+x}': /\$\{a:\+…\} is not supported/,
    '${a:?x}': /is not supported/,
    '${a-x}': /is not supported/,
    [`${'${none:='.repeat(30)}x${'}'.repeat(30)}`]: /nested deeper than 20/,
  }
  for (const [text, told] of Object.entries(faults)) {
    t.match(faultOf(text), told, text)
    t.notMatch(faultOf(text), /abcABC/)
  }
})

test('no text makes it large or slow', async (t) => {
  const long = 'a'.repeat(64 * 1024)
  const lookup = () => long
  const started = performance.now()
  for (const text of ['${x}'.repeat(1000), '${x//a/${x}}', '${x//a/aaaaaaaaaaaaaaaaaaaa}']) {
    t.throws(() => expand(text, lookup), /larger than 1048576 bytes/)
  }
  t.throws(() => expand(`\${x##${'*a'.repeat(100)}b}`, lookup), /too long to be trimmed/)
  t.equal(expand('${x##*a*a*a*b}', lookup), long)
  t.ok(performance.now() - started < 5_000)
})

test('a text without a dollar stays, and an escaped one comes back', async (t) => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const escaped = text.replaceAll('$', '$$$$')
      return expand(escaped, () => undefined) === text
    }),
  )
  t.pass()
})

test('nothing but a fault is thrown, whatever stands there', async (t) => {
  const part = fc.constantFrom(
    '$',
    '{',
    '}',
    '${',
    'a',
    ':',
    '=',
    '-',
    '/',
    '#',
    '%',
    '^',
    '\\',
    '[',
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 24 }), (parts) => {
      const answer = faultOf(parts.join(''))
      return typeof answer === 'string'
    }),
  )
  t.pass()
})
