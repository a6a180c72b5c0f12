import { test } from 'tap'
import { againFlags } from '../../src/cli/again-flags.ts'

test('the flags of a command to be called again', async (t) => {
  await t.test('are none where none were given', async (t) => {
    t.equal(againFlags({ config: 'landfall.yaml' }), '')
  })

  await t.test('are those that say where the application is, and as whom', async (t) => {
    const serviceAccount = { namespace: 'shop', name: 'deployer' }

    t.equal(
      againFlags({ config: '/etc/landfall.yaml', cluster: 'prod', serviceAccount }),
      ' --config /etc/landfall.yaml --cluster prod --service-account shop/deployer',
    )
  })

  await t.test('are what a shell reads as they were given', async (t) => {
    t.equal(againFlags({ config: "Ann's files/a.yaml" }), ` --config 'Ann'\\''s files/a.yaml'`)
  })
})
