import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { test } from 'tap'
import { loadConfig } from '../../src/config/load-config.ts'
import { env } from '../support/landfall-yaml.ts'

const example = readFileSync(join(import.meta.dirname, '../../examples/landfall.yaml'), 'utf8')
const given = { ...env, GITHUB_WEBHOOK_SECRET: env.HOOK, GITHUB_TOKEN: env.TOKEN }

const piece = fc.oneof(
  fc.constantFrom(
    '[',
    ']',
    '{',
    '}',
    ': ',
    '- ',
    '\n',
    '  ',
    '&a ',
    '*a',
    '<<: ',
    '!!str ',
    '|',
    '"',
    "'",
    '#',
    '---\n',
  ),
  fc.constantFrom(
    'null',
    'true',
    '-1',
    '.nan',
    '1e999',
    '__proto__: 1\n',
    '? x\n',
    '../..',
    '\0',
    '\u2028',
  ),
  fc.string({ unit: 'binary', maxLength: 8 }),
)

const mutation = fc.record({ at: fc.nat(example.length), length: fc.nat(40), piece })

function mutate(
  text: string,
  changes: readonly { at: number; length: number; piece: string }[],
): string {
  return changes.reduce(
    (mutated, { at, length, piece: inserted }) =>
      mutated.slice(0, at) + inserted + mutated.slice(at + length),
    text,
  )
}

test('whatever is done to a file, it is a configuration or problems with places', async (t) => {
  const cwd = t.testdir({ 'landfall.yaml': '' })
  const file = join(cwd, 'landfall.yaml')
  let invalid = 0
  await fc.assert(
    fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 4 }), async (changes) => {
      const text = mutate(example, changes)
      await writeFile(file, text)
      const loaded = await loadConfig({ file, cwd, env: given })
      if (loaded.kind === 'ok') return true
      invalid += 1
      const lines = text.split('\n').length
      return (
        loaded.problems.length > 0 &&
        loaded.problems.every(
          ({ line, col, message }) => line >= 1 && line <= lines && col >= 1 && message !== '',
        )
      )
    }),
    { numRuns: 500 },
  )
  t.ok(invalid > 100, `${invalid} of 500 were refused`)
})
