import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { test } from 'tap'
import { landfallJsonSchema } from '../../src/config/json-schema.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { generatedFiles } from '../../tools/generate-schema.ts'
import { env, validConfig } from '../support/landfall-yaml.ts'
import { describedNodes, type SchemaNode } from '../support/schema-keys.ts'

const root = join(import.meta.dirname, '../..')

for (const [path, text] of generatedFiles()) {
  test(`${path} is what node tools/generate-schema.ts writes`, async (t) => {
    t.equal(await readFile(join(root, path), 'utf8'), text)
  })
}

test('every key has a description for an editor to show', async (t) => {
  const nodes = describedNodes('', landfallJsonSchema() as SchemaNode)
  t.ok(nodes.length > 100)
  t.same(
    nodes.filter(({ description }) => description === undefined).map(({ path }) => path),
    [],
  )
})

test('an editor asks for the URL of a Gitea, and of no other forge', async (t) => {
  const validate = new Ajv({ strict: false, allErrors: true }).compile(landfallJsonSchema())
  const missing = (forge: Readonly<Record<string, string>>) => {
    validate({ forges: { code: { ...forge, webhookSecret: { env: 'SECRET' } } } })
    return (validate.errors ?? []).map(({ instancePath, params }) => [
      instancePath,
      params['missingProperty'],
    ])
  }

  t.same(missing({ type: 'gitea' })[0], ['/forges/code', 'url'])
  t.same(missing({ type: 'gitea', url: 'https://gitea.example.com' }), [])
  t.same(missing({ type: 'github' }), [])
})

test('the example is valid', async (t) => {
  const given = {
    ...env,
    GITHUB_WEBHOOK_SECRET: 'a-webhook-secret-of-32-characters',
    GITHUB_TOKEN: 'token',
  }
  const config = validConfig(
    await loadConfig({ file: 'examples/landfall.yaml', cwd: root, env: given }),
  )
  t.same(Array.from(config.applications.keys()), ['task-agent', 'monitoring'])
})
