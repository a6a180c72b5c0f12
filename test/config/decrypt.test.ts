import { test } from 'tap'
import { secretsOf } from '../../src/domain/config-secrets.ts'
import { load, loadValid, told, toYaml, validTree, withValue } from '../support/landfall-yaml.ts'
import { ageKey } from '../support/sops.ts'

const yaml = (age: string) =>
  toYaml(withValue(validTree, ['applications', 'web', 'render', 'decrypt', 'age'], age))
const one = await ageKey()
const other = await ageKey()

test('an age key is read from a file as age-keygen writes it, or from the environment', async (t) => {
  const keys = `# created: today\n# public key: ${one.recipient}\n${one.identity}\n\n${other.identity}\n`
  const fromFile = await loadValid(t, yaml('{ file: age.txt }'), { files: { 'age.txt': keys } })
  const fromEnv = await loadValid(t, yaml('{ env: AGE }'), {
    env: { AGE: one.identity, HOOK: 'h'.repeat(32) },
  })
  const keysOf = ({ applications }: typeof fromFile) =>
    applications.get('web')?.render.decrypt?.age.map((key) => key.reveal())

  t.strictSame(keysOf(fromFile), [one.identity, other.identity])
  t.strictSame(keysOf(fromEnv), [one.identity])
  const masked = secretsOf(fromFile).map((secret) => secret.reveal())
  t.ok(masked.includes(one.identity) && masked.includes(other.identity))
  t.notMatch(JSON.stringify(Array.from(fromFile.applications)), /AGE-SECRET-KEY/)
})

test('what is no age key is a problem that does not repeat it', async (t) => {
  const damaged = one.identity.replace(/.$/, (char) => (char === 'Q' ? 'P' : 'Q'))
  for (const key of [one.recipient, damaged, `${one.identity}\nmore`, '# only a comment']) {
    const problems = told(await load(t, yaml('{ file: age.txt }'), { files: { 'age.txt': key } }))
    t.match(problems, [/render\.decrypt\.age: holds no age key, or one that is damaged/])
    t.notMatch(problems.join(), key.slice(5, 40))
  }
  t.match(told(await load(t, yaml(one.identity))), [/a secret is never written here/])
})

test('a receiver reads no key', async (t) => {
  t.same(told(await load(t, yaml('{ file: nowhere }'), { role: 'receiver' })), [])
})
