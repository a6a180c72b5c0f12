import fc from 'fast-check'
import { test } from 'tap'
import { stringify } from 'yaml'
import { decodeHead } from '../../../src/render/decode/decode-head.ts'
import { decodeYaml } from '../../../src/render/decode/decode-yaml.ts'

function headOf(text: string): unknown {
  const decoded = decodeHead({ text, line: 1 })
  return decoded.kind === 'value' ? decoded.value : decoded.kind
}

test('the head of a document', async (t) => {
  await t.test('is what all of it says of name and kind', (t) => {
    const text = fc.string({ unit: 'binary', maxLength: 30 })
    const texts = fc.dictionary(fc.stringMatching(/^[a-z]{1,9}$/), text)
    const object = fc.record({
      apiVersion: fc.constant('v1'),
      data: texts,
      kind: fc.constantFrom('ConfigMap', 'Secret', 'Foo'),
      metadata: fc.record({ annotations: texts, name: text }),
      spec: texts,
    })
    fc.assert(
      fc.property(object, (value) => {
        const whole = decodeYaml({ text: stringify(value), line: 1 })
        if (whole.kind !== 'value') return
        const { apiVersion, kind, metadata } = whole.value as typeof value
        t.strictSame(headOf(stringify(value)), { apiVersion, kind, metadata })
      }),
    )
    t.end()
  })

  await t.test('is all of it where that is not plain to see', async (t) => {
    const whole = {
      'in one line': '{apiVersion: v1, kind: A, metadata: {name: a}, spec: 1}',
      'with quoted keys': '"apiVersion": v1\n"kind": A\n"metadata": {name: a}\nspec: 1\n',
      'with an alias': 'spec: &name 1\napiVersion: v1\nkind: A\nmetadata: {name: *name}\n',
      'of a list': 'apiVersion: v1\nkind: AList\nmetadata: {}\nitems: []\nspec: 1\n',
    }
    for (const [name, text] of Object.entries(whole)) t.match(headOf(text), { spec: 1 }, name)
  })

  await t.test('needs nothing of the rest', async (t) => {
    const head = 'apiVersion: v1\r\nkind: A\r\nmetadata:\r\n\r\n# x\r\n  name: a\r\n'

    t.same(headOf(`${head}spec: {\r\n`), { apiVersion: 'v1', kind: 'A', metadata: { name: 'a' } })
    t.equal(headOf('spec: {\n'), 'bad')
    t.equal(headOf('# nothing\n'), 'empty')
  })
})
