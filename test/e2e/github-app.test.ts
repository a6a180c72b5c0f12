import { test } from 'tap'
import { configMapFiles } from '../support/manifests.ts'
import { testSite } from '../support/site.ts'

test('a GitHub App deploys and reports with no token configured', async (t) => {
  const site = await testSite(t, { app: true })
  const instance = await site.start()
  const sha = await site.push(instance, configMapFiles(2))

  t.match(await site.final(sha), { state: 'success', description: /^2 created/ })
  t.match(await site.kubectl('get', 'configmap', '-o', 'name'), /c0[^]*c1/)
  t.strictSame(site.forge.violations, [])
  const { code, stdout } = await site.landfall('doctor', '-o', 'json')
  t.match(JSON.stringify(JSON.parse(stdout)), 'the token may read and report')
  t.equal(code, 1, 'its publicUrl leads nowhere')
  t.notMatch(instance.output(), /ghs_|PRIVATE KEY/)
})
