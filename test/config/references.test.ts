import { test } from 'tap'
import {
  env,
  load,
  told,
  toYaml,
  validConfig,
  validTree,
  validYaml,
  warned,
  withValue,
} from '../support/landfall-yaml.ts'

const web = ['applications', 'web']

function yamlWith(values: Readonly<Record<string, string>>): string {
  let tree = validTree
  for (const [path, value] of Object.entries(values)) {
    tree = withValue(tree, path.split('.'), value) as typeof validTree
  }
  return toYaml(tree)
}

test('a forge or cluster that is named must be there', async (t) => {
  const problems = told(
    await load(
      t,
      yamlWith({ 'applications.web.forge': 'gitlab', 'applications.web.cluster': 'prd' }),
    ),
  )
  t.match(problems, [
    /applications\.web\.cluster: clusters has no "prd", write prod \(did you mean "prod"\?\)$/,
    /applications\.web\.forge: forges has no "gitlab", write github/,
  ])
  const none = await load(
    t,
    'applications:\n  a: { repo: https://h/r, branch: b, path: p, cluster: c, namespace: n }\n',
  )
  t.match(told(none), [/clusters has no "c", add it to clusters/])
})

test('an entry that is not valid is still there to be named', async (t) => {
  const problems = told(
    await load(t, yamlWith({ 'forges.github.type': 'githb', 'applications.web.forge': 'github' })),
  )
  t.match(problems, [/forges\.github\.type: not one of the choices/])
})

test('an application on another host than its forge is warned of', async (t) => {
  const loaded = await load(
    t,
    yamlWith({
      'applications.web.forge': 'github',
      'applications.web.repo': 'https://git.example.com/acme/deploy.git',
    }),
  )
  t.same(told(loaded), [])
  t.match(warned(loaded), [
    /applications\.web\.repo: no webhook of forge github will ever name it: it is on git\.example\.com, the forge on github\.com$/,
  ])
})

test('two applications that deploy one directory to one place are warned of', async (t) => {
  const loaded = await load(
    t,
    `${validYaml}  copy:\n    repo: git@github.com:Acme/deploy\n    credentials: { sshKey: { file: key }, knownHosts: { file: key } }
    branch: main\n    path: ./apps/web/\n    cluster: prod\n    namespace: default\n`,
    { files: { key: 'x' } },
  )
  t.same(told(loaded), [])
  t.match(warned(loaded), [
    /applications\.copy: deploys the same directory to the same namespace as web, keep one$/,
  ])
})

test('E1: the namespace of Landfall itself is closed to every application', async (t) => {
  t.match(told(await load(t, yamlWith({ 'applications.web.namespace': 'landfall-system' }))), [
    /Landfall's own/,
  ])
  t.match(
    told(
      await load(
        t,
        yamlWith({ 'applications.web.allow.namespaces': '[default, landfall-system]' }),
      ),
    ),
    [/namespaces\[1\]: Landfall's own/],
  )
})

test('E1: what is allowed is the own namespace and no cluster-scoped kind, unless said', async (t) => {
  const loaded = await load(t, validYaml)
  t.same(validConfig(loaded).applications.get('web')?.allow, {
    namespaces: ['default'],
    clusterKinds: [],
    denyKinds: [],
  })
  const other = await load(t, yamlWith({ 'applications.web.allow.namespaces': '[shop]' }))
  t.match(warned(other), [/allow\.namespaces: leaves out default, the application's own namespace/])
})

test('E2: a ServiceAccount can be demanded of every application', async (t) => {
  const required = { 'security.requireServiceAccount': 'true' }
  t.match(told(await load(t, yamlWith(required))), [
    /applications\.web\.serviceAccount: missing, security/,
  ])
  const given = await load(
    t,
    yamlWith({ ...required, 'applications.web.serviceAccount': 'default/deployer' }),
  )
  t.same(validConfig(given).applications.get('web')?.serviceAccount, {
    namespace: 'default',
    name: 'deployer',
  })
})

test('http and local repositories are taken where security allows them', async (t) => {
  const allow = { 'security.allowInsecureHttp': 'true', 'security.allowLocalRepos': 'true' }
  for (const repo of ['http://git.lab/acme/deploy.git', 'file:///srv/git/deploy.git']) {
    t.same(told(await load(t, yamlWith({ ...allow, 'applications.web.repo': repo }))), [], repo)
    t.match(
      told(await load(t, yamlWith({ 'applications.web.repo': repo }))),
      [/security\.allow/],
      repo,
    )
  }
  t.same(
    told(await load(t, yamlWith({ ...allow, 'forges.github.url': 'http://localhost:3000' }))),
    [],
  )
})

test('the REST API is derived from the URL of the forge', async (t) => {
  const cases = [
    ['github', undefined, 'https://github.com', 'https://api.github.com'],
    ['github', 'https://github.com/', 'https://github.com', 'https://api.github.com'],
    ['github', 'https://acme.ghe.com', 'https://acme.ghe.com', 'https://api.acme.ghe.com'],
    [
      'github',
      'https://git.example.com',
      'https://git.example.com',
      'https://git.example.com/api/v3',
    ],
    ['gitlab', undefined, 'https://gitlab.com', 'https://gitlab.com/api/v4'],
    ['gitlab', 'https://h/gitlab/', 'https://h/gitlab', 'https://h/gitlab/api/v4'],
    ['gitea', 'https://h/git/', 'https://h/git', 'https://h/git/api/v1'],
  ] as const
  for (const [type, given, url, apiUrl] of cases) {
    const loaded = await load(
      t,
      yamlWith({
        'forges.github.type': type,
        ...(given === undefined ? {} : { 'forges.github.url': given }),
      }),
    )
    t.match(validConfig(loaded).forges.get('github'), { url, apiUrl })
  }
})

test('a forge of type gitea names where it is', async (t) => {
  const gitea = { 'forges.github.type': 'gitea' }
  const invalid = { ...gitea, 'forges.github.url': 'gitea.example.com' }

  t.match(told(await load(t, yamlWith(gitea))), [/github\.url: missing, write where people reach/])
  t.match(told(await load(t, yamlWith(invalid))), [/github\.url: not a URL/])
})

test('C6: the token of the forge goes to repositories of exactly its scheme, host and port', async (t) => {
  const base = { 'applications.web.forge': 'github', 'forges.github.token': '{ env: TOKEN }' }
  const insecure = { 'security.allowInsecureHttp': 'true' }
  const cases = [
    ['https://github.com/acme/deploy.git', 'token'],
    ['https://github.com:443/acme/deploy.git', 'token'],
    ['https://github.com:8443/acme/deploy.git', 'none'],
    ['http://github.com/acme/deploy.git', 'none'],
    ['https://github.com.evil.example/acme/deploy.git', 'none'],
    ['https://evil.example/github.com/deploy.git', 'none'],
  ] as const
  for (const [repo, kind] of cases) {
    const loaded = await load(t, yamlWith({ ...base, ...insecure, 'applications.web.repo': repo }))
    t.equal(validConfig(loaded).applications.get('web')?.credentials.kind, kind, repo)
  }
  const polled = await load(t, yamlWith({ 'forges.github.token': '{ env: TOKEN }' }))
  t.equal(validConfig(polled).applications.get('web')?.credentials.kind, 'none', 'no forge named')
})

test('a token is sent with the user name that the forge documents', async (t) => {
  for (const [type, username] of [
    ['github', 'x-access-token'],
    ['gitlab', 'oauth2'],
    ['gitea', 'x-access-token'],
  ] as const) {
    const loaded = await load(
      t,
      yamlWith({
        'forges.github.type': type,
        'forges.github.url': 'https://github.com',
        'applications.web.forge': 'github',
        'applications.web.credentials.token': '{ env: TOKEN }',
      }),
    )
    const credentials = validConfig(loaded).applications.get('web')?.credentials
    t.match(credentials, { kind: 'token', username })
    t.equal(credentials?.kind === 'token' && credentials.token.reveal(), env.TOKEN)
  }
})

test('C9: a repository over ssh needs a key and the host keys to trust', async (t) => {
  const ssh = { 'applications.web.repo': 'git@github.com:acme/deploy.git' }
  const files = { key: 'x', hosts: 'x' }
  t.match(told(await load(t, yamlWith(ssh))), [/credentials: missing, a repository over ssh needs/])
  t.match(
    told(
      await load(
        t,
        yamlWith({ ...ssh, 'applications.web.credentials': '{ sshKey: { file: key } }' }),
        { files },
      ),
    ),
    [/credentials\.knownHosts: missing, write \{file: PATH\}/],
  )
  const keys = {
    'applications.web.credentials': '{ sshKey: { file: key }, knownHosts: { file: hosts } }',
  }
  const loaded = await load(t, yamlWith({ ...ssh, ...keys }), { files })
  t.match(validConfig(loaded).applications.get('web')?.credentials, {
    kind: 'ssh',
    keyFile: /^\/.*\/key$/,
    knownHostsFile: /^\/.*\/hosts$/,
  })
  t.match(told(await load(t, yamlWith({ ...ssh, ...keys }))), [/no such file/, /no such file/])
})

test('credentials that do not fit the repository are refused', async (t) => {
  const token = { 'applications.web.credentials': '{ token: { env: TOKEN } }' }
  const key = {
    'applications.web.credentials': '{ sshKey: { file: kubeconfig }, knownHosts: { file: key } }',
  }
  const ssh = { 'applications.web.repo': 'git@github.com:acme/deploy.git' }
  const local = { 'applications.web.repo': 'file:///srv/git/a', 'security.allowLocalRepos': 'true' }
  t.match(told(await load(t, yamlWith({ ...token, ...ssh }))), [/a token is for https/])
  t.match(told(await load(t, yamlWith({ ...token, ...local }))), [/is read without, leave it out/])
  t.match(told(await load(t, yamlWith(key), { files: { kubeconfig: 'x', key: 'x' } })), [
    /an ssh key is for ssh/,
  ])
})

test('D4: a value file that leads out of the repository is refused', async (t) => {
  const helm = (file: string) =>
    yamlWith({ 'applications.web.render': `{ type: helm, valueFiles: [${file}] }` })
  t.same(told(await load(t, helm('../../values.yaml'))), [])
  t.match(told(await load(t, helm('../../../values.yaml'))), [
    /valueFiles\[0\]: leads out of the repository/,
  ])
  for (const file of ['secrets://x', 'https://h/x', '/etc/passwd', '-x', 'a/../../../../x']) {
    t.match(told(await load(t, helm(file))), [/valueFiles\[0\]: /], file)
  }
})

test('D3: a release name that helm could read as an option is refused', async (t) => {
  const helm = yamlWith({
    'applications.web.render': '{ type: helm, releaseName: --post-renderer=./x.sh }',
  })
  t.match(told(await load(t, helm)), [/render\.releaseName: not a release name/])
})

test('E4: a reference to another namespace is no key', async (t) => {
  const yaml = toYaml(
    withValue(validTree, [...web, 'credentials'], '{ secretRef: { name: x, namespace: other } }'),
  )
  t.match(told(await load(t, yaml)), [/applications\.web\.credentials: not credentials/])
})

test('two tokens of one name are refused', async (t) => {
  const token = `{ name: ci, role: viewer, sha256: ${'a'.repeat(64)} }`
  t.match(told(await load(t, yamlWith({ 'server.auth.tokens': `[${token}, ${token}]` }))), [
    /server\.auth\.tokens\[1\]\.name: given twice/,
  ])
})
