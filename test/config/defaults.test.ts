import { test } from 'tap'
import { load, loadValid, takeMark, told, validYaml } from '../support/landfall-yaml.ts'

test('sync, allow and report of the defaults merge key by key, any other key as a whole', async (t) => {
  const config = await loadValid(
    t,
    `defaults:
  sync: { every: 10m, prune: false }
  allow: { clusterKinds: [Namespace] }
  report: { statuses: always }
  ignore: [{ kind: Deployment, fields: [/spec/replicas] }]
  render: { type: kustomize }
  serviceAccount: default/all
${validYaml}    sync: { every: 1m }
    allow: { denyKinds: [Secret] }
    ignore: []
`,
  )
  t.match(config.applications.get('web'), {
    sync: { everyMs: 60_000, timeoutMs: 300_000, prune: false, drift: 'heal' },
    allow: { namespaces: ['default'], clusterKinds: ['Namespace'], denyKinds: ['Secret'] },
    report: { statuses: 'always' },
    ignore: [],
    render: { type: 'kustomize' },
    serviceAccount: { namespace: 'default', name: 'all' },
  })
  t.equal(config.applications.get('web')?.ignore.length, 0)
})

test('what every application has in common need be written once', async (t) => {
  const config = await loadValid(
    t,
    `clusters: { prod: { inCluster: true } }
defaults: { repo: https://github.com/acme/deploy.git, branch: main, cluster: prod, namespace: default }
applications:
  a: { path: a }
  b: { path: b, branch: next }
`,
  )
  t.match(config.applications.get('a'), { branch: 'main', path: 'a', cluster: 'prod' })
  t.match(config.applications.get('b'), { branch: 'next', path: 'b', namespace: 'default' })
})

test('a bad default is told once, where it is written', async (t) => {
  const { text, place } = takeMark(
    `clusters: { prod: { inCluster: true } }
defaults: { repo: https://h/r, branch: main, cluster: §prd, namespace: default }
applications:
  a: { path: a }
  b: { path: b }
  c: { path: c, cluster: prod }
`,
  )
  t.same(told(await load(t, text)), [
    `${place} defaults.cluster: clusters has no "prd", write prod (did you mean "prod"?)`,
  ])
})

test('E7: a bad duration under defaults is told and reaches no application', async (t) => {
  for (const every of ['-3m', '0s', '.nan', '.inf', '25h', '1e9', '""']) {
    const { text, place } = takeMark(`defaults: { sync: { every: §${every} } }\n${validYaml}`)
    const problems = told(await load(t, text))
    t.equal(problems.length, 1, problems.join(' · '))
    t.ok(problems[0]?.startsWith(`${place} defaults.sync.every: `), problems.join())
  }
})
