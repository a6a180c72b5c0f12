import { test } from 'tap'
import { landfallJsonSchema } from '../../src/config/json-schema.ts'
import { applicationKeys } from '../support/application-keys.ts'
import { documentWith } from '../support/config-document.ts'
import { configKeys } from '../support/config-keys.ts'
import { load, takeMark, told } from '../support/landfall-yaml.ts'
import { keysOf, type SchemaNode } from '../support/schema-keys.ts'

const rows = [...configKeys, ...applicationKeys]

for (const { path, good, bad } of rows) {
  test(path, async (t) => {
    for (const value of good) {
      const { text } = takeMark(documentWith(path, value))
      t.same(told(await load(t, text)), [], `takes ${value}`)
    }
    for (const [value, message] of bad) {
      const { text, place } = takeMark(documentWith(path, value))
      const problems = told(await load(t, text))
      const isScalar = !/^[[{]|^null$/.test(value)
      const found = problems.filter((problem) => message.test(problem))
      t.equal(found.length, 1, `${value}: ${problems.join(' · ')}`)
      if (isScalar) t.ok(found[0]?.startsWith(`${place} `), `${value} is at ${place}: ${found[0]}`)
    }
  })
}

test('every key of the schema has a row in this table', async (t) => {
  const tested = new Set(rows.map(({ path }) => path))
  const known = keysOf('', landfallJsonSchema() as SchemaNode).filter(
    (path) => !path.startsWith('defaults.') && !/\.(?:env|file|sshKey|knownHosts)$/.test(path),
  )
  t.ok(known.length > 50)
  t.same(
    known.filter((path) => !tested.has(path)),
    [],
  )
})
