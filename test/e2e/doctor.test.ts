import { test } from 'tap'
import type { Finding } from '../../src/cli/doctor/finding.ts'
import { freePort } from '../../src/local/free-port.ts'
import { configMapFiles } from '../support/manifests.ts'
import { testSite } from '../support/site.ts'
import { until } from '../support/until.ts'

test('landfall doctor', async (t) => {
  const address = `127.0.0.1:${await freePort()}`
  const site = await testSite(t, {
    keys: { server: { listen: address, publicUrl: `http://${address}` } },
  })
  const instance = await site.start()
  const doctor = async () => {
    const { code, stdout, stderr } = await site.landfall('doctor', '-o', 'json')
    t.equal(stderr, '')
    const all = (JSON.parse(stdout) as { findings: Finding[] }).findings
    // Other tests have applications of their own on the same cluster.
    const findings = all.filter(({ message }) => !/ is not configured, and has /.test(message))
    const found = (level: Finding['level']) =>
      findings.filter((finding) => finding.level === level).map(({ message }) => message)
    return { code, found, findings }
  }

  await t.test('finds nothing wrong where everything works, and exits with 0', async (t) => {
    await site.final(await site.push(instance, configMapFiles(1)))
    let looked = await doctor()
    await until('the delivery is noted', async () => {
      looked = await doctor()
      return looked.found('warning').length === 0
    })

    t.strictSame(looked.found('problem'), [])
    t.equal(looked.code, 0)
    t.match(looked.found('ok').join('\n'), 'it deploys ConfigMap')
    t.match(looked.found('ok').join('\n'), 'a delivery was verified less than two minutes ago')
    const abouts = new Set(looked.findings.map(({ about }) => about.split(' ')[0]))
    t.strictSame(
      [...abouts],
      ['node', 'git', 'renderers', 'disk', 'redis', 'cluster', 'application', 'forge', 'webhooks'],
    )
  })

  await t.test('works with no instance, and says what is wrong and how to mend it', async (t) => {
    await instance.kill('SIGTERM')
    const { code, findings } = await doctor()

    t.equal(code, 1)
    t.match(
      findings.filter(({ level }) => level === 'problem'),
      [
        {
          about: 'webhooks',
          message: /does not answer from here/,
          mend: /see that an instance runs/,
        },
      ],
    )
    const { stdout, code: tableCode } = await site.landfall('doctor')
    t.equal(tableCode, 1)
    t.match(stdout, /^problem +webhooks +http/m)
    t.match(stdout, /^ +→ see that an instance runs/m)
    t.notMatch(stdout, site.forge.token)
  })
})
