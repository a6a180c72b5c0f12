import { type KeyRow, mapping } from './config-key-row.ts'

/** What `render` of an application takes and refuses. */
export const renderKeys: readonly KeyRow[] = [
  {
    path: 'applications.*.render',
    good: ['{ type: plain }', '{ type: helm, valueFiles: [a.yaml] }'],
    bad: [['helm', /a string, write a mapping/]],
  },
  {
    path: 'applications.*.render.type',
    good: ['auto', 'plain', 'kustomize', 'helm'],
    bad: [['hlm', /write auto or plain or kustomize or helm \(did you mean "helm"\?\)/]],
  },
  {
    path: 'applications.*.render.valueFiles',
    good: ['[values.yaml, ../values.yaml]'],
    bad: [['values.yaml', /a string, write a list/]],
  },
  {
    path: 'applications.*.render.values',
    good: ['{ replicas: 3, image: { tag: x } }'],
    bad: mapping,
  },
  {
    path: 'applications.*.render.substitute',
    good: ['{}', '{ variables: {} }'],
    bad: [['{ variable: {} }', /unknown key|did you mean/]],
  },
  {
    path: 'applications.*.render.substitute.variables',
    good: ['{}', '{ a: b, _c1: { env: TOKEN } }'],
    bad: [
      ['{ a: 1 }', /a number, write a text in quotes/],
      ['{ a-b: c }', /"a-b" is not the name of a variable/],
    ],
  },
  {
    path: 'applications.*.render.substitute.strict',
    good: ['true', 'false'],
    bad: [['maybe', /true or false/]],
  },
  {
    path: 'applications.*.render.decrypt',
    good: [],
    bad: [['{}', /missing, write \{env: NAME\} or \{file: PATH\}/]],
  },
  {
    path: 'applications.*.render.decrypt.age',
    good: [],
    bad: [['AGE-SECRET-KEY-1', /a secret is never written here/]],
  },
  {
    path: 'applications.*.render.releaseName',
    good: ['web'],
    bad: [
      ['--post-renderer=./x.sh', /not a release name/],
      ['a'.repeat(54), /not a release name/],
    ],
  },
]
