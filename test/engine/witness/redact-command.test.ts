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
    t.equal(redactCommand(['/usr/local/bin/g++-12']), '/usr/local/bin/g++-12')
  })

  await t.test('keeps of a line that is quoted as a whole the program alone', async (t) => {
    t.equal(redactCommand(['psql postgres://u:canary@h/db']), 'psql …')
    t.equal(redactCommand(['mysql\t-pcanary', '--batch']), 'mysql … --batch')
    t.equal(redactCommand(['TOKEN=canary sh']), '…')
    t.equal(redactCommand(['postgres://u:canary@h/db']), '…')
    t.equal(redactCommand([' canary']), '…')
    t.equal(redactCommand([]), '…')
  })

  await t.test('takes nothing for an option after --', async (t) => {
    t.equal(redactCommand(['grep', '--word', '--', '--canary']), 'grep --word … …')
  })

  await t.test('tells nothing of any argument that is no option', async (t) => {
    const secret = fc.string({ minLength: 1 }).map((text) => `canary-${text}`)
    const place = fc.constantFrom(
      (text: string) => text,
      (text: string) => `-p${text}`,
      (text: string) => `--password=${text}`,
      (text: string) => `TOKEN=${text}`,
      (text: string) => `postgres://u:${text}@h/db`,
    )
    const program = fc.constantFrom('env', '/bin/sh', 'mysql')
    const quote = fc.constantFrom(
      (words: readonly string[]) => [...words],
      (words: readonly string[]) => [words.join(' ')],
      (words: readonly string[]) => [words.join('\n'), '--verbose'],
    )
    const line = fc.tuple(program, secret, place, fc.array(fc.string()), quote)
    const property = fc.property(line, ([name, text, put, rest, quoted]) => {
      const told = redactCommand(quoted([name, put(text), ...rest]))
      return told.startsWith(name) && !told.includes('canary')
    })
    t.doesNotThrow(() => fc.assert(property))
  })
})
