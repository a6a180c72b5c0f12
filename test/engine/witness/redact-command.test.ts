import fc from 'fast-check'
import { test } from 'tap'
import { redactCommand } from '../../../src/engine/witness/redact-command.ts'

test('a command line', async (t) => {
  await t.test('keeps the program and the names of long options', async (t) => {
    t.equal(redactCommand(['sh']), 'sh')
    t.equal(redactCommand(['sh', '-c', 'export TOKEN=canary']), 'sh … …')
    t.equal(
      redactCommand(['mysql', '--user=root', '--password', 'canary', '-pcanary']),
      'mysql --user=… --password … …',
    )
  })

  await t.test('tells nothing of any argument that is no option', async (t) => {
    const secret = fc.string({ minLength: 1 }).map((text) => `canary-${text}`)
    const place = fc.constantFrom(
      (text: string) => text,
      (text: string) => `-p${text}`,
      (text: string) => `--password=${text}`,
      (text: string) => `TOKEN=${text}`,
    )
    const property = fc.property(secret, place, fc.array(fc.string()), (text, put, rest) => {
      return !redactCommand(['env', put(text), ...rest]).includes(text)
    })
    t.doesNotThrow(() => fc.assert(property))
  })
})
