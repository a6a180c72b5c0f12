import fc from 'fast-check'
import { test } from 'tap'
import { parse, stringify } from 'yaml'
import { rewriteBases } from '../../../src/render/kustomize/rewrite-bases.ts'

const base = 'https://github.com/acme/bases//web?ref=0123'
const to = '../.landfall-remote/x/web'
const bases = new Map([[base, to]])

test('a base is rewritten where it stands, and nothing else is', (t) => {
  const text = `# ${base}
resources:
  - a.yaml   # first
  - "${base}"
  - ${base} # ${base}
components: ['${base}', b]
commonAnnotations: {docs: "${base}"}
configMapGenerator:
- name: x
  literals: ["url=${base}", mode=0644]
`
  t.equal(
    rewriteBases(text, bases),
    `# ${base}
resources:
  - a.yaml   # first
  - "${to}"
  - "${to}" # ${base}
components: ["${to}", b]
commonAnnotations: {docs: "${base}"}
configMapGenerator:
- name: x
  literals: ["url=${base}", mode=0644]
`,
  )
  t.end()
})

test('a kustomization that is rewritten says the same but for its bases', (t) => {
  const entry = fc.oneof(fc.constant(base), fc.string())
  const field = fc.constantFrom('resources', 'bases', 'components', 'crds', 'labels')
  const style = fc.constantFrom('PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE', 'BLOCK_FOLDED' as const)
  fc.assert(
    fc.property(fc.dictionary(field, fc.array(entry)), style, (kustomization, type) => {
      const text = stringify(kustomization, { defaultStringType: type, lineWidth: 0 })
      const expected = Object.fromEntries(
        Object.entries<string[]>(parse(text)).map(([name, entries]) => [
          name,
          /^(?:resources|bases|components)$/.test(name)
            ? entries.map((one) => (one === base ? to : one))
            : entries,
        ]),
      )
      t.strictSame(parse(rewriteBases(text, bases)), expected)
    }),
    { numRuns: 200 },
  )
  t.end()
})
