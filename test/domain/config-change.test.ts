import { test } from 'tap'
import { compareConfigs } from '../../src/domain/config-change.ts'
import { createSecret } from '../../src/domain/secret.ts'
import { aConfig } from '../support/a-config.ts'
import { anApplication } from '../support/an-application.ts'

const nothing = { added: [], removed: [], changed: [] }

test('two configurations', async (t) => {
  await t.test('that say the same differ in nothing', async (t) => {
    t.strictSame(compareConfigs(aConfig(), aConfig()), nothing)
  })

  await t.test('differ in what one of them does not have', async (t) => {
    const applications = new Map([['new', anApplication({ name: 'new' })]])
    const change = compareConfigs(aConfig(), aConfig({ applications }))

    t.strictSame(change, { added: ['new'], removed: ['web', 'api'], changed: [] })
  })

  await t.test('differ in applications declared otherwise', async (t) => {
    const web = anApplication({ name: 'web', sync: { ...anApplication().sync, drift: 'report' } })
    const applications = new Map([...aConfig().applications, ['web', web]])

    t.strictSame(compareConfigs(aConfig(), aConfig({ applications })).changed, ['web'])
  })

  await t.test('differ in the applications of a cluster that is another one', async (t) => {
    const file = '/kubeconfig'
    const clusters = new Map([
      ['prod', { name: 'prod', kind: 'kubeconfig', file, context: undefined } as const],
    ])

    t.strictSame(compareConfigs(aConfig(), aConfig({ clusters })).changed, ['web', 'api'])
  })

  await t.test('that differ in a secret alone change no application', async (t) => {
    const withToken = (value: string) => {
      const credentials = {
        kind: 'token',
        username: 'x-access-token',
        token: createSecret(value),
      } as const
      return aConfig({
        applications: new Map([['web', anApplication({ name: 'web', credentials })]]),
      })
    }

    t.strictSame(compareConfigs(withToken('old'), withToken('new')), nothing)
  })
})
