import { bool, type KeyRow, mapping } from './config-key-row.ts'

const sha256 = 'a'.repeat(64)

/** Every key outside applications. */
export const configKeys: readonly KeyRow[] = [
  { path: 'server', good: ['{}'], bad: mapping },
  {
    path: 'server.listen',
    good: ['0.0.0.0:8080', '"[::]:0"', 'localhost:65535'],
    bad: [
      ['8080', /a number, write HOST:PORT/],
      ['":8080"', /not an address/],
      ['0.0.0.0:65536', /not an address/],
      ['::1:80', /not an address/],
    ],
  },
  {
    path: 'server.publicUrl',
    good: ['https://landfall.example.com/', 'http://localhost:8080/landfall'],
    bad: [
      ['landfall.example.com', /not a URL, write a URL such as https/],
      ['javascript:alert(1)', /not a URL/],
      ['https:///x', /not a URL/],
      ['https://u:p@h', /carries a credential/],
      ['https://h/?a=b', /has a query/],
    ],
  },
  { path: 'server.trustProxy', good: ['true'], bad: bool },
  { path: 'server.auth', good: ['{}'], bad: mapping },
  {
    path: 'server.auth.tokens',
    good: ['[]', `[{ name: ci, role: viewer, sha256: ${sha256} }]`],
    bad: [['{}', /a mapping, write a list/]],
  },
  {
    path: 'server.auth.tokens[].name',
    good: ['ci'],
    bad: [
      ['""', /not a name/],
      ['a b', /not a name/],
      ['1', /a number, write a name/],
    ],
  },
  {
    path: 'server.auth.tokens[].role',
    good: ['operator'],
    bad: [['opertor', /write viewer or operator \(did you mean "operator"\?\)/]],
  },
  {
    path: 'server.auth.tokens[].sha256',
    good: [sha256, 'A'.repeat(64)],
    bad: [['hunter2', /not a sha256, write 64 hex digits/]],
  },
  { path: 'redis', good: ['{ url: "redis://h" }'], bad: mapping },
  {
    path: 'redis.url',
    good: ['redis://localhost:6379', 'rediss://h/2', '{ env: REDIS_URL }'],
    bad: [
      ['http://h', /not a Redis URL/],
      ['redis://h/db', /number of a database/],
      ['redis:///0', /not a Redis URL/],
      ['[]', /not a Redis URL, write redis/],
    ],
  },
  {
    path: 'dataDir',
    good: ['./data', '/var/lib/landfall'],
    bad: [
      ['""', /empty/],
      ['3', /a number/],
    ],
  },
  { path: 'forges', good: ['{}'], bad: mapping },
  {
    path: 'forges.*.type',
    good: ['github', 'gitlab', 'gitea'],
    bad: [
      ['githb', /did you mean "github"/],
      ['forgejo', /not one of/],
      ['null', /empty, write github or gitlab or gitea/],
    ],
  },
  {
    path: 'forges.*.url',
    good: ['https://github.example.com'],
    bad: [
      ['github.com', /not a URL/],
      ['http://github.com', /security\.allowInsecureHttp/],
      ['https://169.254.169.254', /metadata endpoint/],
      ['https://[fe80::1]', /metadata endpoint/],
    ],
  },
  {
    path: 'forges.*.apiUrl',
    good: ['https://api.github.com'],
    bad: [
      ['http://h', /security\.allowInsecureHttp/],
      ['https://0xa9fea9fe', /metadata endpoint/],
    ],
  },
  {
    path: 'forges.*.webhookSecret',
    good: ['{ env: HOOK }', '[{ env: HOOK }, { env: HOOK }]'],
    bad: [
      ['hunter2', /never written here, write \{env: NAME\}/],
      ['[]', /empty list, write at least one/],
      ['{}', /never written here/],
      ['{ env: HOOK, file: x }', /never written here/],
    ],
  },
  {
    path: 'forges.*.token',
    good: ['{ env: TOKEN }'],
    bad: [
      ['ghp_abc', /never written here/],
      ['{ value: ghp_abc }', /never written here/],
    ],
  },
  // What is good of an App needs a key beside the file: test/config/app.test.ts.
  { path: 'forges.*.app', good: [], bad: mapping },
  {
    path: 'forges.*.app.id',
    good: [],
    bad: [
      ['-1', /write the App ID or the client ID/],
      ['true', /write the App ID or the client ID/],
    ],
  },
  {
    path: 'forges.*.app.installationId',
    good: [],
    bad: [
      ['abc', /write the number at the end of/],
      ['0', /must be positive/],
    ],
  },
  {
    path: 'forges.*.app.privateKey',
    good: [],
    bad: [
      ['hunter2', /write \{file: PATH\}/],
      ['{ env: KEY }', /unknown key/],
    ],
  },
  {
    path: 'clusters',
    good: ['{ prod: { inCluster: true } }'],
    bad: [['[]', /a list, write a mapping/]],
  },
  {
    path: 'clusters.*.kubeconfig',
    good: ['./kubeconfig'],
    bad: [
      ['""', /empty, write the path/],
      ['1', /a number, write the path/],
    ],
  },
  {
    path: 'clusters.*.context',
    good: ['prod'],
    bad: [
      ['""', /empty/],
      ['[]', /a list, write the name/],
    ],
  },
  { path: 'clusters.*.inCluster', good: ['true'], bad: [['false', /write true, or \{kubeconfig/]] },
  { path: 'security', good: ['{}'], bad: mapping },
  { path: 'security.allowInsecureHttp', good: ['true'], bad: bool },
  { path: 'security.allowLocalRepos', good: ['true'], bad: bool },
  { path: 'security.requireServiceAccount', good: ['false'], bad: bool },
  { path: 'defaults', good: ['{}', '{ sync: { every: 1m } }'], bad: mapping },
]
