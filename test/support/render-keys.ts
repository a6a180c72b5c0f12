import { bool, type KeyRow, mapping } from './config-key-row.ts'

const digest = `sha256:${'a'.repeat(64)}`

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
  { path: 'applications.*.render.helmCharts', good: ['true', 'false'], bad: bool },
  {
    path: 'applications.*.render.remoteBases',
    good: ['[]', '["https://github.com/acme/bases.git"]'],
    bad: [
      ['text', /a string, write a list/],
      ['["git@github.com:acme/bases.git"]', /not an https URL/],
      ['["https://user:word@example.com/x"]', /carries a credential/],
      ['["http://example.com/x"]', /set security\.allowInsecureHttp/],
    ],
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
  {
    path: 'applications.*.render.chart',
    good: [
      `{ repository: "oci://registry.example.com/charts", name: db, version: 1.0.0, digest: "${digest}" }`,
    ],
    bad: mapping,
  },
  {
    path: 'applications.*.render.chart.repository',
    good: ['https://charts.example.com/stable', 'oci://registry.example.com:5000/charts'],
    bad: [
      ['db', /not a chart repository, write a URL such as/],
      ['https://user:word@charts.example.com', /not a chart repository/],
      ['https://charts.example.com/../x', /not a chart repository/],
      ['https://charts.example.com/?x=y', /not a chart repository/],
      ['https://169.254.169.254', /link-local or a metadata endpoint/],
      ['http://charts.example.com', /set security\.allowInsecureHttp/],
      ['oci+http://charts.example.com', /set security\.allowInsecureHttp/],
    ],
  },
  {
    path: 'applications.*.render.chart.name',
    good: ['db', 'kube-state_metrics.v2'],
    bad: [
      ['a/b', /not the name of a chart/],
      ['a..b', /not the name of a chart/],
      ['--devel', /not the name of a chart/],
    ],
  },
  {
    path: 'applications.*.render.chart.version',
    good: ['1.0.0', '1.0.0-rc.1+build'],
    bad: [
      ['^1.0.0', /not a version/],
      ['1.0/x', /not a version/],
    ],
  },
  {
    path: 'applications.*.render.chart.digest',
    good: [digest],
    bad: [
      [digest.toUpperCase(), /not a digest/],
      [digest.slice(0, -1), /not a digest/],
    ],
  },
  {
    path: 'applications.*.render.chartRepositories',
    good: ['[]', '[{ url: "https://charts.example.com" }]'],
    bad: [['text', /a string, write a list/]],
  },
  {
    path: 'applications.*.render.chartRepositories[].url',
    good: ['https://charts.example.com', 'oci://registry.example.com/acme'],
    bad: [
      ['text', /not a chart repository/],
      ['http://charts.example.com', /set security\.allowInsecureHttp/],
    ],
  },
  {
    path: 'applications.*.render.chartRepositories[].username',
    good: ['robot'],
    bad: [['a b', /not a user name/]],
  },
  {
    path: 'applications.*.render.chartRepositories[].token',
    good: ['{ env: TOKEN }'],
    bad: [['text', /a secret is never written here/]],
  },
]
