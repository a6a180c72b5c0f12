import { test } from 'tap'
import type { KubeObject } from '../../../src/domain/kube-object.ts'
import { configurationFault } from '../../../src/engine/witness/configuration-fault.ts'
import { webhookConfiguration } from '../../../src/engine/witness/webhook-configuration.ts'
import { anApplication } from '../../support/an-application.ts'

type Webhook = Readonly<Record<string, unknown>>

function configured(namespaces: readonly string[], users: readonly string[] = []): KubeObject {
  return webhookConfiguration({
    endpoint: { kind: 'url', url: 'https://landfall.example.com:9443' },
    token: 't0',
    bundle: 'PEM',
    applications: [anApplication({ allow: { ...anApplication().allow, namespaces } })],
    users,
  })
}

const wanted = configured(['shop', 'web'])

/** The configuration as it should be, but for what `change` says of each webhook. */
function changed(change: (webhook: Webhook) => Webhook): KubeObject {
  return { ...wanted, webhooks: (wanted['webhooks'] as Webhook[]).map(change) }
}

const also = (expression: Webhook) => (webhook: Webhook) => {
  const { matchExpressions = [] } = webhook['namespaceSelector'] as { matchExpressions?: Webhook[] }
  return { ...webhook, namespaceSelector: { matchExpressions: [...matchExpressions, expression] } }
}

test('what is wrong with a configuration of the API server', async (t) => {
  await t.test('is nothing where it is as it should be, whoever Landfall is', async (t) => {
    t.equal(configurationFault(wanted, wanted), undefined)
    t.equal(configurationFault(wanted, configured(['shop', 'web'], ['other'])), undefined)
  })

  await t.test('is each namespace that it does not ask about', async (t) => {
    const of = (...found: readonly string[]) => configurationFault(wanted, configured(found))

    t.equal(of('shop'), 'the API server does not ask about namespace web')
    t.equal(of('other'), 'the API server does not ask about namespaces shop, web')
    t.equal(of('shop', 'web', 'more'), undefined)
    t.equal(of('*'), undefined)
    t.match(configurationFault(configured(['*']), wanted), 'does not ask about some namespaces')
  })

  await t.test('is a narrower choice of namespaces, unless AKS made it', async (t) => {
    const found = (key: string) =>
      configurationFault(wanted, changed(also({ key, operator: 'DoesNotExist' })))

    t.match(found('team'), 'does not ask about some namespaces')
    t.equal(found('control-plane'), undefined)
    t.equal(found('kubernetes.azure.com/managedby'), undefined)
  })

  await t.test('is another address or certificate, told once', async (t) => {
    const found = changed((webhook) => ({ ...webhook, clientConfig: { url: 'https://other' } }))
    const text = 'the API server asks elsewhere, or trusts another certificate'
    t.equal(configurationFault(wanted, found), text)
  })

  await t.test('is what makes it stand in the way, or see less', async (t) => {
    const others = {
      failurePolicy: 'Fail',
      timeoutSeconds: 10,
      objectSelector: { matchLabels: { a: 'b' } },
      rules: [],
      matchPolicy: 'Exact',
    }
    for (const [key, value] of Object.entries(others)) {
      const found = changed((webhook) =>
        webhook['name'] === 'scale.witness.landfall.dev' ? { ...webhook, [key]: value } : webhook,
      )
      const text = `the webhook scale.witness.landfall.dev has other ${key}`
      t.equal(configurationFault(wanted, found), text)
    }
  })

  await t.test('is each webhook that is not there', async (t) => {
    const [objects] = wanted['webhooks'] as Webhook[]
    t.equal(
      configurationFault(wanted, { ...wanted, webhooks: [objects] }),
      'the API server has no webhook scale.witness.landfall.dev; the API server has no webhook pods.witness.landfall.dev',
    )
    t.match(configurationFault(wanted, { ...wanted, webhooks: 'none' }), /no webhook objects/)
  })
})
