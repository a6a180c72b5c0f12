import { test } from 'tap'
import { compareConfigs } from '../../src/domain/config-change.ts'
import { secretsOf } from '../../src/domain/config-secrets.ts'
import { load, loadValid, told, toYaml, validTree, withValue } from '../support/landfall-yaml.ts'

function yamlWith(substitute: string): string {
  return toYaml(withValue(validTree, ['applications', 'web', 'render', 'substitute'], substitute))
}

test('variables are texts, or secrets that are read and masked', async (t) => {
  const yaml = yamlWith('{ variables: { env: prod, n: "3", pw: { env: TOKEN }, f: { file: pw } } }')
  const config = await loadValid(t, yaml, { files: { pw: 'from a file\n' } })
  const { substitute, type } = config.applications.get('web')?.render ?? { type: undefined }

  t.equal(type, 'auto', 'render.type may be left out')
  t.equal(substitute?.strict, true)
  const shown = Object.entries(substitute?.variables ?? {}).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : `secret ${value.reveal()}`,
  ])
  t.strictSame(shown, [
    ['env', 'prod'],
    ['n', '3'],
    ['pw', 'secret token-of-the-forge'],
    ['f', 'secret from a file'],
  ])
  const masked = secretsOf(config).map((secret) => secret.reveal())
  t.ok(masked.includes('from a file') && masked.includes('token-of-the-forge'))
})

test('a receiver reads no secret variable', async (t) => {
  const yaml = yamlWith('{ variables: { pw: { env: NOT_SET } } }')

  t.same(told(await load(t, yaml, { role: 'receiver' })), [])
  t.match(told(await load(t, yaml)), [
    /render\.substitute\.variables\.pw\.env: .* NOT_SET is not set/,
  ])
})

test('a variable that Flux would not take is a problem', async (t) => {
  for (const name of ['1a', 'a-b', '"a b"', 'é']) {
    t.match(told(await load(t, yamlWith(`{ variables: { ${name}: x } }`))), [
      /not the name of a variable/,
    ])
  }
  t.match(told(await load(t, yamlWith('{ variables: { n: 3 } }'))), [
    /a number, write a text in quotes, \{env: NAME\} or \{file: PATH\}/,
  ])
})

test('another value is another configuration of the application', async (t) => {
  const before = await loadValid(t, yamlWith('{ variables: { env: prod } }'))
  const after = await loadValid(t, yamlWith('{ variables: { env: test } }'))

  t.same(compareConfigs(before, after).changed, ['web'])
})
