import { bool, type KeyRow, mapping } from './config-key-row.ts'
import { renderKeys } from './render-keys.ts'

/** Every key of an application. */
export const applicationKeys: readonly KeyRow[] = [
  { path: 'applications', good: ['{}'], bad: [['[]', /a list, write a mapping/]] },
  {
    path: 'applications.*.forge',
    good: ['github'],
    bad: [['githb', /forges has no "githb", write github/]],
  },
  {
    path: 'applications.*.repo',
    good: ['https://github.com/acme/deploy.git'],
    bad: [
      ['1', /a number, write a URL/],
      ['ext::sh', /not a repository URL/],
      ['https://u:p@github.com/a/b', /carries a credential/],
      ['http://github.com/a/b', /security\.allowInsecureHttp/],
      ['file:///srv/git/a', /security\.allowLocalRepos/],
      ['https://169.254.169.254/a', /metadata endpoint/],
    ],
  },
  {
    path: 'applications.*.credentials',
    good: ['{ token: { env: TOKEN } }'],
    bad: [
      ['token', /not credentials, write \{token/],
      ['{}', /not credentials/],
    ],
  },
  {
    path: 'applications.*.credentials.token',
    good: ['{ env: TOKEN }'],
    bad: [['ghp_abc', /never written here/]],
  },
  {
    path: 'applications.*.branch',
    good: ['main', 'release/1.x'],
    bad: [
      ['--upload-pack=x', /option/],
      ['refs/heads/main', /write the branch alone/],
      ['1', /a number/],
    ],
  },
  {
    path: 'applications.*.path',
    good: ['apps/web', '.', './apps/web/'],
    bad: [
      ['../x', /contains ".."/],
      ['/etc', /absolute/],
      ['-x', /would not read as a path/],
    ],
  },
  {
    path: 'applications.*.cluster',
    good: ['prod'],
    bad: [
      ['prd', /clusters has no "prd", write prod \(did you mean "prod"\?\)/],
      ['A', /not a name/],
    ],
  },
  {
    path: 'applications.*.namespace',
    good: ['default'],
    bad: [
      ['Default', /not a namespace/],
      ['landfall-system', /Landfall's own/],
      ['a'.repeat(64), /longer than 63/],
    ],
  },
  ...renderKeys,
  { path: 'applications.*.sync', good: ['{}'], bad: mapping },
  {
    path: 'applications.*.sync.every',
    good: ['3m', '1s', '24h', '1h30m'],
    bad: [
      ['180', /a number, write a duration such as 3m/],
      ['-5m', /not a duration/],
      ['.nan', /a number, write a duration/],
      ['500ms', /shorter than 1s/],
      ['24h1ms', /longer than 24h/],
      ['99999999999999999999h', /longer than 24h/],
    ],
  },
  {
    path: 'applications.*.sync.timeout',
    good: ['5m'],
    bad: [
      ['0s', /shorter than 1s/],
      ['25h', /longer than 24h/],
      ['-1s', /not a duration/],
    ],
  },
  { path: 'applications.*.sync.failAfter', good: ['{}'], bad: mapping },
  {
    path: 'applications.*.sync.failAfter.imagePull',
    good: ['3m'],
    bad: [['3', /a number, write a duration/]],
  },
  {
    path: 'applications.*.sync.failAfter.crashes',
    good: ['1', '100'],
    bad: [
      ['0', /less than 1/],
      ['101', /more than 100/],
      ['1.5', /write a whole number/],
      ['"3"', /a string, write a whole number/],
    ],
  },
  {
    path: 'applications.*.sync.failAfter.unschedulable',
    good: ['10m'],
    bad: [['25h', /longer than 24h/]],
  },
  {
    path: 'applications.*.sync.failAfter.podsRefused',
    good: ['1s'],
    bad: [['0s', /shorter than 1s/]],
  },
  { path: 'applications.*.sync.prune', good: ['false'], bad: bool },
  {
    path: 'applications.*.sync.drift',
    good: ['heal', 'report'],
    bad: [['hael', /did you mean "heal"/]],
  },
  { path: 'applications.*.sync.requireFastForward', good: ['true'], bad: bool },
  {
    path: 'applications.*.serviceAccount',
    good: ['default/web'],
    bad: [
      ['web', /write NAMESPACE\/NAME/],
      ['a/b/c', /write NAMESPACE\/NAME/],
      ['a/B', /NAMESPACE\/NAME/],
      ['landfall-system/landfall', /Landfall's own/],
    ],
  },
  { path: 'applications.*.allow', good: ['{}'], bad: mapping },
  {
    path: 'applications.*.allow.namespaces',
    good: ['[default, shop]', '["*"]'],
    bad: [['default', /a string, write a list/]],
  },
  {
    path: 'applications.*.allow.clusterKinds',
    good: ['[Namespace, ClusterRole.rbac.authorization.k8s.io]', '["*"]'],
    bad: [['Namespace', /a string, write a list/]],
  },
  { path: 'applications.*.allow.denyKinds', good: ['[Secret]'], bad: [['Secret', /write a list/]] },
  { path: 'applications.*.ignore', good: ['[]'], bad: [['{}', /a mapping, write a list/]] },
  {
    path: 'applications.*.ignore[].kind',
    good: ['Deployment'],
    bad: [['deployment', /not a kind/]],
  },
  {
    path: 'applications.*.ignore[].group',
    good: ['apps', '""'],
    bad: [['apps/v1', /without a version/]],
  },
  { path: 'applications.*.ignore[].namespace', good: ['default'], bad: [['"*"', /leave it out/]] },
  {
    path: 'applications.*.ignore[].name',
    good: ['web', 'web-*', '"*"'],
    bad: [
      ['(a+)+$', /not the name of an object/],
      ['a'.repeat(254), /longer than 253/],
    ],
  },
  {
    path: 'applications.*.ignore[].fields',
    good: ['[/spec/replicas, /metadata/annotations/a.b~1c]'],
    bad: [
      ['/spec/replicas', /a string, write a list/],
      ['[]', /empty list/],
    ],
  },
  {
    path: 'applications.*.managers',
    good: ['[]', '[{ match: vpa-*, class: controller }]'],
    bad: [['{}', /a mapping, write a list/]],
  },
  {
    path: 'applications.*.managers[].match',
    good: ['"*"', 'Go-http-client', 'vpa-*'],
    bad: [
      ['""', /empty/],
      ['a'.repeat(129), /longer than 128/],
    ],
  },
  {
    path: 'applications.*.managers[].class',
    good: ['human', 'controller', 'deployer'],
    bad: [
      ['ours', /write human or controller or deployer/],
      ['humn', /did you mean "human"/],
    ],
  },
  {
    path: 'applications.*.managers[].paths',
    good: ['[/spec/template, /spec/template/spec/containers/*/resources]'],
    bad: [
      ['[]', /empty list, leave it out/],
      ['[spec]', /not a JSON pointer/],
    ],
  },
  {
    path: 'applications.*.health',
    good: ['[]', "[{ kind: Service, healthy: 'true' }]"],
    bad: [
      ['{}', /a mapping, write a list/],
      [
        "[{ kind: A.x, healthy: 'true' }, { kind: A.x, healthy: 'true' }]",
        /A\.x is given twice, keep one/,
      ],
    ],
  },
  {
    path: 'applications.*.health[].kind',
    good: ['Certificate.cert-manager.io', 'Service'],
    bad: [
      ['certificate', /not a kind/],
      ['cert-manager.io/Certificate', /not a kind, write a kind with its group/],
      ['Ingress', /the core group has no kind Ingress/],
    ],
  },
  {
    path: 'applications.*.health[].healthy',
    good: ["'status.ready'"],
    bad: [
      ["'status.ready &&'", /not a CEL expression/],
      ["'1'", /gives int/],
      ['true', /a boolean, write a CEL expression/],
      ["'a'", /Unknown variable: a /],
      [`'${'true || '.repeat(300)}true'`, /longer than 2,000/],
    ],
  },
  {
    path: 'applications.*.health[].failed',
    good: ["'status.failed'"],
    bad: [["'status.'", /not a CEL expression/]],
  },
  {
    path: 'applications.*.health[].progressing',
    good: ["'has(status.phase)'"],
    bad: [["'has(status)'", /not a CEL expression/]],
  },
  { path: 'applications.*.pullRequests', good: ['{}'], bad: mapping },
  {
    path: 'applications.*.pullRequests.plan',
    good: ['false'],
    bad: [
      ['true', /not supported yet, write false/],
      ['1', /write false/],
    ],
  },
  { path: 'applications.*.report', good: ['{}'], bad: mapping },
  {
    path: 'applications.*.report.statuses',
    good: ['changed', 'always', 'never'],
    bad: [['sometimes', /write changed or always or never/]],
  },
  {
    path: 'applications.*.report.deployments',
    good: ['false'],
    bad: [['true', /not supported yet, write false/]],
  },
]
