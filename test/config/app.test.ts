import { generateKeyPairSync } from 'node:crypto'
import { type Test, test } from 'tap'
import { loadConfig } from '../../src/config/load-config.ts'
import { secretsOf } from '../../src/domain/config-secrets.ts'
import { env, load, loadValid, told, validConfig, validYaml } from '../support/landfall-yaml.ts'

const pem = { type: 'pkcs8', format: 'pem' } as const
const rsaKey = String(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export(pem))
const otherKey = String(generateKeyPairSync('ed25519').privateKey.export(pem))

const app = 'app: { id: 4711, installationId: 42, privateKey: { file: app.pem } }'
const withApp = validYaml.replace('token: { env: TOKEN }', app)

function problems(t: Test, yaml: string, key = rsaKey) {
  return load(t, yaml, { files: { 'app.pem': key } }).then(told)
}

test('a GitHub App', async (t) => {
  await t.test('is read with its key, and clones what is on its forge', async (t) => {
    const config = await loadValid(t, withApp, { files: { 'app.pem': rsaKey } })
    const forge = config.forges.get('github')

    t.match(forge, { token: undefined, app: { id: '4711', installationId: 42 } })
    t.equal(forge?.app?.apiUrl, 'https://api.github.com')
    t.match(config.applications.get('web')?.credentials, { kind: 'app', app: { id: '4711' } })
    t.ok(secretsOf(config).some((secret) => secret.reveal() === rsaKey.trimEnd()))
  })

  await t.test('is not sent to a repository elsewhere', async (t) => {
    const yaml = withApp.replace('https://github.com/acme', 'https://git.example.com/acme')
    const config = await loadValid(t, yaml, { files: { 'app.pem': rsaKey } })

    t.strictSame(config.applications.get('web')?.credentials, { kind: 'none' })
  })

  await t.test('stands in place of a token, never beside it', async (t) => {
    const yaml = validYaml.replace('token: {', `${app}, token: {`)

    t.match(await problems(t, yaml), [
      / forges\.github\.app: token is given too, keep one of them$/,
    ])
  })

  await t.test('is for GitHub alone', async (t) => {
    const yaml = withApp.replace('type: github', 'type: gitlab')

    t.match(await problems(t, yaml), [/ forges\.github\.app: only github has Apps, write token$/])
  })

  await t.test('needs an RSA key', async (t) => {
    for (const key of [otherKey, 'no key at all', `${rsaKey.slice(0, 200)}\n`]) {
      const place = /^2:\d+ forges\.github\.app\.privateKey\.file: is no RSA private key/
      t.match(await problems(t, withApp, key), [place])
    }
  })

  await t.test('needs a key that is there', async (t) => {
    t.match(told(await load(t, withApp)), [/app\.privateKey\.file: no such file/])
  })

  await t.test('has no key in a receiver, which calls no forge', async (t) => {
    const cwd = t.testdir({ 'landfall.yaml': withApp })
    const loaded = await loadConfig({ file: 'landfall.yaml', cwd, env, role: 'receiver' })

    t.equal(validConfig(loaded).forges.get('github')?.app, undefined)
  })
})
