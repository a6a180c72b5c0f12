import { test } from 'tap'
import { witnessSite } from '../support/witness-site.ts'

test('landfall doctor looks at each witness', async (t) => {
  const { site } = await witnessSite(t)
  const found = async (...flags: readonly string[]) => {
    const { stdout } = await site.landfall('doctor', '--output=json', ...flags)
    const { findings } = JSON.parse(stdout) as { findings: readonly { about: string }[] }
    return findings.filter(({ about }) => about === 'witness of test')
  }

  await t.test('one that the API server is told to ask is well', async (t) => {
    t.match(await found(), [
      { level: 'ok', message: /is told to ask it at https:\/\/127\.0\.0\.1:/ },
    ])
  })

  await t.test('only the role that has the rights for it looks', async (t) => {
    t.match(await found('--role=witness'), [{ level: 'ok' }])
    t.same(await found('--role=worker'), [])
    t.same(await found('--role=watcher'), [])
    t.same(await found('--role=receiver'), [])
  })

  await t.test('one whose certificate nobody trusts is a problem', async (t) => {
    const { stdout } = await site.landfall('witness status', '--output=json')
    t.match(JSON.parse(stdout), [{ state: 'installed' }])
    const plane = ['delete', 'secret', 'landfall-witness-tls', '--namespace=landfall-system']
    await site.kubectl(...plane)

    t.match(await found(), [
      { level: 'problem', message: /missing or cannot be used/, mend: /witness install/ },
    ])
    t.match(await site.landfall('witness status'), { code: 1, stdout: /wrong/ })
    t.match(await site.landfall('witness install'), { code: 0 })
  })

  await t.test('one that nobody asks is a warning', async (t) => {
    await site.landfall('witness uninstall')
    t.match(await found(), [{ level: 'warning', mend: 'run: landfall witness install' }])
  })
})
