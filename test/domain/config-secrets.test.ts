import { test } from 'tap'
import { secretsOf } from '../../src/domain/config-secrets.ts'
import { createSecret } from '../../src/domain/secret.ts'
import type { Config, ForgeSettings } from '../../src/domain/settings.ts'
import { anApplication } from '../support/an-application.ts'
import { helm } from '../support/helm-options.ts'

function aForge(overrides: Partial<ForgeSettings>): ForgeSettings {
  return {
    key: 'github',
    type: 'github',
    url: 'https://github.com',
    apiUrl: 'https://api.github.com',
    webhookSecrets: [],
    token: undefined,
    app: undefined,
    ...overrides,
  }
}

function aConfig(overrides: Pick<Config, 'forges' | 'applications'>): Config {
  return {
    server: {
      host: '127.0.0.1',
      port: 8080,
      publicUrl: undefined,
      trustProxy: false,
      tokens: [],
    },
    redisUrl: undefined,
    dataDir: '/data',
    clusters: new Map(),
    security: { allowInsecureHttp: false, allowLocalRepos: false, requireServiceAccount: false },
    ...overrides,
  }
}

test('the secrets of a configuration are those of every forge and every application', async (t) => {
  const words = ['first', 'second', 'token', 'git', 'charts']
  const [first, second, token, git, charts] = words.map(createSecret)
  if (!first || !second || !token || !git || !charts) throw new Error('five secrets were made')
  const registry = { url: 'oci://example.com', credentials: { username: 'x', token: charts } }
  const open = { url: 'https://example.com', credentials: undefined }
  const config = aConfig({
    forges: new Map([
      ['github', aForge({ webhookSecrets: [first, second], token })],
      ['gitlab', aForge({ key: 'gitlab', type: 'gitlab', webhookSecrets: [first] })],
    ]),
    applications: new Map([
      ['a', anApplication({ credentials: { kind: 'token', username: 'x', token: git } })],
      ['b', anApplication({ credentials: { kind: 'none' } })],
      ['d', anApplication(helm({ chartRepositories: [open, registry] }))],
      [
        'c',
        anApplication({ credentials: { kind: 'ssh', keyFile: '/key', knownHostsFile: '/hosts' } }),
      ],
    ]),
  })

  const values = secretsOf(config).map((secret) => secret.reveal())

  t.strictSame(values, ['first', 'second', 'token', 'first', 'git', 'charts'])
})

test('a configuration without secrets has none', async (t) => {
  t.strictSame(secretsOf(aConfig({ forges: new Map(), applications: new Map() })), [])
})
