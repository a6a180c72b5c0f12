import { test } from 'tap'
import { splitDocuments } from '../../../src/render/decode/split-documents.ts'

function split(text: string): [number, string][] {
  return Array.from(splitDocuments(text), ({ line, text }) => [line, text])
}

test('a file is split at lines that begin with ---', async (t) => {
  t.same(split('a: 1\n---\nb: 2\n'), [
    [1, 'a: 1\n'],
    [2, '---\nb: 2\n'],
  ])
  t.same(split('---\na: 1\n--- # second\nb: 2'), [
    [1, '---\na: 1\n'],
    [3, '--- # second\nb: 2'],
  ])
})

test('dashes elsewhere do not split', async (t) => {
  const text = 'a: |\n  ---\n  b\nc: "---"\n----: d\n'

  t.same(split(text), [[1, text]])
})

test('directives stay with their document, and a byte order mark is dropped', async (t) => {
  t.same(split('%YAML 1.1\n# c\n---\na: 1\n---\nb: 2\n'), [
    [1, '%YAML 1.1\n# c\n---\na: 1\n'],
    [5, '---\nb: 2\n'],
  ])
  t.same(split('\ufeffa: 1\n'), [[1, 'a: 1\n']])
})

test('Windows line ends are counted once', async (t) => {
  t.same(split('a: 1\r\n---\r\nb: 2\r\n'), [
    [1, 'a: 1\r\n'],
    [2, '---\r\nb: 2\r\n'],
  ])
})
