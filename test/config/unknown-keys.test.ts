import { test } from 'tap'
import { documentWith } from '../support/config-document.ts'
import {
  load,
  takeMark,
  told,
  toYaml,
  validTree,
  warned,
  withValue,
} from '../support/landfall-yaml.ts'

test('a key that is a command, or is not there yet, is named as such', async (t) => {
  const keys = {
    'applications.*.adopt': 'is a command, leave it out: landfall adopt APPLICATION',
    'applications.*.report.environment': 'is not supported yet, leave it out',
  }
  for (const [path, meaning] of Object.entries(keys)) {
    const key = path.slice(path.lastIndexOf('.') + 1)
    const { text } = takeMark(documentWith(path, 'x'))
    const problems = told(await load(t, text))
    t.equal(problems.length, 1, problems.join())
    t.match(problems[0], new RegExp(`: ${key} ${meaning}$`))
  }
})

test('a misspelt key is placed at the key and told the nearest one', async (t) => {
  const yaml = toYaml(withValue(validTree, ['applications', 'web', 'sync', 'evrey'], '3m'))
  const line = yaml.split('\n').findIndex((text) => text.includes('evrey')) + 1
  t.same(told(await load(t, yaml)), [
    `${line}:7 applications.web.sync.evrey: unknown key (did you mean "every"?)`,
  ])
  t.match(told(await load(t, `secruity: {}\n${toYaml(validTree)}`)), [
    '1:1 secruity: unknown key (did you mean "security"?)',
  ])
  const cluster = toYaml(withValue(validTree, ['clusters', 'prod', 'contxt'], 'x'))
  t.match(told(await load(t, cluster))[0], /contxt: unknown key \(did you mean "context"\?\)/)
})

test('a name of an entry is a label, and what is in the entry is looked at all the same', async (t) => {
  for (const name of ['Web', 'a_b', '-a', 'a-', '"a.b"', '"../../x"', 'a'.repeat(41), '""']) {
    const yaml = `${toYaml(validTree)}  ${name}: { branch: main, path: /x }\n`
    const problems = told(await load(t, yaml))
    t.ok(
      problems.some((problem) => /not a name|longer than 40/.test(problem)),
      problems.join(' · '),
    )
    t.ok(
      problems.some((problem) => /absolute/.test(problem)),
      problems.join(' · '),
    )
  }
})

test('what an entry cannot be without is missing at the entry', async (t) => {
  const problems = told(
    await load(t, 'forges:\n  github: {}\nclusters:\n  prod: {}\napplications:\n  web: {}\n'),
  )
  t.match(problems, [
    '2:3 forges.github.type: missing, write github or gitlab or gitea',
    /^2:3 forges\.github\.webhookSecret: missing, write \{env: NAME\}/,
    /^4:3 clusters\.prod: not a cluster/,
    /^6:3 applications\.web\.path: missing, write a directory/,
    '6:3 applications.web.repo: missing, write it here or under defaults',
    '6:3 applications.web.branch: missing, write it here or under defaults',
    '6:3 applications.web.cluster: missing, write it here or under defaults',
    '6:3 applications.web.namespace: missing, write it here or under defaults',
  ])
})

test('D10: an expression of other languages is refused wherever objects or fields are named', async (t) => {
  const expressions = [
    '.spec.replicas',
    '$..replicas',
    '.spec.containers[?(@.name)]',
    '{{ .Values.replicas }}',
    '${HOME}',
    'self.spec.replicas > 1',
  ]
  const lists = ['ignore[].fields', 'allow.denyKinds', 'allow.clusterKinds', 'allow.namespaces']
  for (const key of ['ignore[].name', 'ignore[].kind', ...lists]) {
    for (const expression of expressions) {
      const value = lists.includes(key) ? `['${expression}']` : `'${expression}'`
      const { text } = takeMark(documentWith(`applications.*.${key}`, value))
      t.match(told(await load(t, text)), [/: not a |: not the name /], `${key}: ${expression}`)
    }
  }
})

test('A11: a pattern is "*" and text, never an expression', async (t) => {
  for (const name of ['*(*(*(a|b)))', '(a+)+$', '[a-z]', 'a?b', '!x']) {
    const { text } = takeMark(documentWith('applications.*.ignore[].name', `'${name}'`))
    t.match(told(await load(t, text)), [/not the name of an object/], name)
  }
  t.same(warned(await load(t, toYaml(validTree))), [])
})
