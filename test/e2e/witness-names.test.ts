import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import { exampleFiles } from '../support/example-files.ts'
import { until } from '../support/until.ts'
import { witnessSite } from '../support/witness-site.ts'

const [ann, carl, dora, gina] = ['ann', 'carl', 'dora', 'gina'].map(
  (name) => `${name}@example.com`,
) as [string, string, string, string]
const deployment = 'deployment/task-agent'
const service = 'service/task-agent'

test('nobody is named for what another one did', async (t) => {
  const { site, instance, as, who } = await witnessSite(t)
  const manifest = join(site.dir, 'service.json')
  const { metadata, spec } = JSON.parse(await site.kubectl('get', service, '-o', 'json'))
  const { name, labels } = metadata
  // The server finds out that an address is taken before it asks anybody.
  const { clusterIP: _one, clusterIPs: _all, ...free } = spec
  const again = { apiVersion: 'v1', kind: 'Service', metadata: { name, labels }, spec: free }
  await writeFile(manifest, JSON.stringify(again))
  const drift = async () => (await site.syncs()).flatMap((sync) => sync.drift)

  await t.test('who makes what is there already is told by the server', async (t) => {
    const { code, stderr } = await as(carl, 'create', '-f', manifest)
    t.equal(code, 1)
    t.match(stderr, /AlreadyExists/)
    t.match(await who(service), [{ verb: 'create', user: carl }], 'the witness was asked')
  })

  await t.test('what a push writes over has ended, and what was made again, too', async (t) => {
    await site.landfall('pause', site.name)
    t.match(await as(ann, 'delete', service), { code: 0 })
    t.match(await as(dora, 'create', '-f', manifest), { code: 0 })
    t.match(await as(gina, 'scale', deployment, '--replicas=5'), { code: 0 })
    const files = await exampleFiles('task-agent/plain')
    const changed = files['app/deployment.yaml']?.replace('replicas: 3', 'replicas: 4') ?? ''
    const sha = await site.push(instance, { 'app/deployment.yaml': changed })
    await site.landfall('resume', site.name)
    await site.final(sha)

    const ended = async (object: string, user: string, verb: string) => {
      const record = (await who(object)).find((one) => one.user === user && one.verb === verb)
      return record?.heal
    }
    await until('all has ended', async () => {
      const ends = [await ended(service, ann, 'delete'), await ended(deployment, gina, 'scale')]
      return ends.every((end) => end !== undefined)
    })
    t.match(await ended(deployment, gina, 'scale'), { overtaken: true })
    t.match((await site.landfall('who', deployment)).stdout, /gina@example\.com {2}overtaken at/)
  })

  await t.test('what the witness did not see has no name', async (t) => {
    t.match(await site.landfall('witness uninstall'), { code: 0 })
    const before = (await drift()).length
    await site.kubectl('delete', service)
    await site.kubectl('scale', deployment, '--replicas=9')
    await until('both are healed', async () => (await drift()).length >= before + 2)

    const found = (await drift()).slice(0, -before || undefined)
    t.strictSame(
      found.filter(({ offender }) => offender?.user !== undefined),
      [],
    )
    t.match(
      found.find(({ type }) => type === 'missing'),
      { offender: null, message: /Kubernetes records no author/ },
    )
  })

  await t.test('what was not made leaves no record', async (t) => {
    const made = async () =>
      (await who(service)).flatMap(({ verb, user }) => (verb === 'create' ? [user] : []))
    await until('one of two is left', async () => (await made()).length === 1)
    t.strictSame(await made(), [dora])
  })
})
