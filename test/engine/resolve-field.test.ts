import fc from 'fast-check'
import { test } from 'tap'
import { parsePointer, toPointer } from '../../src/engine/json-pointer.ts'
import { resolveField } from '../../src/engine/resolve-field.ts'

const service = {
  spec: {
    ports: [
      { name: 'http', port: 80, protocol: 'TCP' },
      { name: 'dns', port: 53, protocol: 'UDP' },
      { name: 'dns-tcp', port: 53, protocol: 'TCP' },
    ],
    args: ['a', 'b', 'b', { c: 1, d: 2 }],
  },
}

/** A random object, and a path of fieldsV1 to each of its values. */
const object = fc.dictionary(fc.string(), fc.jsonValue())

function pathsIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  const prefix = Array.isArray(value) ? 'i' : 'f'
  const below = Object.entries(value).flatMap(([key, child]) =>
    pathsIn(child, [...path, `${prefix}:${key}`]),
  )
  return [path, ...below]
}

test('resolving a field of managedFields', async (t) => {
  await t.test('a field is found by name, an item by its index', async (t) => {
    t.equal(resolveField(service, ['f:spec', 'f:ports', 'i:1', 'f:port']), '/spec/ports/1/port')
    t.equal(resolveField(service, []), '')
  })

  await t.test('an item is found by all of its key fields', async (t) => {
    const key = 'k:{"port":53,"protocol":"TCP"}'

    t.equal(resolveField(service, ['f:spec', 'f:ports', key, 'f:name']), '/spec/ports/2/name')
  })

  await t.test('an item is found by its value, whatever the order of its keys', async (t) => {
    t.equal(resolveField(service, ['f:spec', 'f:args', 'v:"a"']), '/spec/args/0')
    t.equal(resolveField(service, ['f:spec', 'f:args', 'v:{"d":2,"c":1}']), '/spec/args/3')
  })

  await t.test('what is there twice is not found', async (t) => {
    t.equal(resolveField(service, ['f:spec', 'f:ports', 'k:{"port":53}']), undefined)
    t.equal(resolveField(service, ['f:spec', 'f:args', 'v:"b"']), undefined)
  })

  await t.test('what is not there is not found', async (t) => {
    const missing = [
      ['f:status'],
      ['f:spec', 'f:ports', 'f:name'],
      ['f:spec', 'f:ports', 'i:3'],
      ['f:spec', 'f:ports', 'k:{"port":443}'],
      ['f:spec', 'f:args', 'v:"z"'],
      ['f:spec', 'f:args', 'k:{"name":"a"}'],
      ['f:spec', 'i:0'],
      ['f:spec', 'f:toString'],
    ]
    for (const path of missing) t.equal(resolveField(service, path), undefined, path.join(' '))
  })

  await t.test('a key of no known form is not found', async (t) => {
    for (const key of ['.', 'x:1', 'k:1', 'k:[]']) {
      t.equal(resolveField(service, ['f:spec', 'f:ports', key]), undefined, key)
    }
  })

  await t.test('everything an object holds is found, at the very place', async (t) => {
    const property = fc.property(object, (root) =>
      pathsIn(root).every((path) => {
        const names = path.map((key) => key.slice(2))
        return resolveField(root, path) === toPointer(names)
      }),
    )

    t.doesNotThrow(() => fc.assert(property))
  })

  await t.test('an item found by its key is the one that has it', async (t) => {
    const names = fc.uniqueArray(fc.string(), { minLength: 1 })
    const property = fc.property(names, fc.nat(), (names, pick) => {
      const name = names[pick % names.length]
      const env = names.map((name) => ({ name, value: `value of ${name}` }))
      const pointer = resolveField({ env }, ['f:env', `k:${JSON.stringify({ name })}`])
      return env[Number(parsePointer(pointer ?? '')[1])]?.name === name
    })

    t.doesNotThrow(() => fc.assert(property))
  })
})
