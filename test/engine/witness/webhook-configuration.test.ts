import { test } from 'tap'
import { webhookConfiguration } from '../../../src/engine/witness/webhook-configuration.ts'
import { anApplication } from '../../support/an-application.ts'

const allow = (...namespaces: readonly string[]) => ({
  ...anApplication().allow,
  namespaces,
})

function configured(overrides: Partial<Parameters<typeof webhookConfiguration>[0]> = {}) {
  const { webhooks } = webhookConfiguration({
    endpoint: { kind: 'url', url: 'https://landfall.example.com:9443' },
    token: 't0',
    bundle: 'PEM',
    applications: [anApplication({ allow: allow('shop', 'web') })],
    users: ['landfall'],
    ...overrides,
  }) as unknown as { webhooks: readonly Record<string, unknown>[] }
  return webhooks
}

test('what makes an API server ask', async (t) => {
  await t.test('can never stand in the way', async (t) => {
    for (const webhook of configured()) {
      t.match(webhook, {
        failurePolicy: 'Ignore',
        timeoutSeconds: 1,
        sideEffects: 'NoneOnDryRun',
      })
    }
  })

  await t.test('leads to a URL, or to a Service in the cluster', async (t) => {
    const caBundle = Buffer.from('PEM').toString('base64')
    t.strictSame(configured()[0]?.['clientConfig'], {
      url: 'https://landfall.example.com:9443/witness/t0/objects',
      caBundle,
    })
    const endpoint = { kind: 'service', namespace: 'ops', name: 'witness', port: 8443 } as const
    t.strictSame(configured({ endpoint })[1]?.['clientConfig'], {
      service: { namespace: 'ops', name: 'witness', port: 8443, path: '/witness/t0/scale' },
      caBundle,
    })
  })

  await t.test('asks about scales and pods only where an application may be', async (t) => {
    const [objects, scale, pods] = configured()
    t.strictSame(objects?.['namespaceSelector'], {})
    for (const webhook of [scale, pods]) {
      t.match(webhook?.['namespaceSelector'], {
        matchExpressions: [{ values: ['shop', 'web'], operator: 'In' }],
      })
    }
    const anywhere = configured({ applications: [anApplication({ allow: allow('*') })] })
    t.strictSame(anywhere[1]?.['namespaceSelector'], {})
    t.equal(configured({ applications: [] }).length, 1)
  })

  await t.test('names users as the expression language takes them', async (t) => {
    const users = ['system:serviceaccount:a:b', 'o"brien\\', 'ünal']
    const conditions = JSON.stringify(configured({ users })[0]?.['matchConditions'])
    t.match(
      conditions,
      JSON.stringify(users.map((user) => JSON.stringify(user)).join(', ')).slice(1, -1),
    )
  })
})
