import type { Config } from '../../src/domain/settings.ts'
import { anApplication } from './an-application.ts'
import { forgeSettings } from './forge-settings.ts'

/** A configuration of two applications, for a test to change what it is about. */
export function aConfig(overrides: Partial<Config> = {}): Config {
  const names = ['web', 'api']
  return {
    server: { host: '127.0.0.1', port: 0, publicUrl: undefined, trustProxy: false, tokens: [] },
    redisUrl: undefined,
    dataDir: '/nonexistent',
    forges: new Map([['github', forgeSettings()]]),
    clusters: new Map([['prod', { name: 'prod', kind: 'inCluster' }]]),
    witnesses: new Map(),
    applications: new Map(names.map((name) => [name, anApplication({ name })])),
    security: { allowInsecureHttp: false, allowLocalRepos: false, requireServiceAccount: false },
    ...overrides,
  }
}
