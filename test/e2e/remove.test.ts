import { type Test, test } from 'tap'
import { stringify } from 'yaml'
import { controlPlane } from '../support/control-plane.ts'
import { configMapYaml } from '../support/manifests.ts'
import { workload } from '../support/rollout.ts'
import { testSite } from '../support/site.ts'
import { until } from '../support/until.ts'

const claim = `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], storageClassName: none, resources: {requests: {storage: 1Gi}}}
`
const kept = `apiVersion: v1
kind: ConfigMap
metadata: {name: kept, annotations: {landfall.dev/prune: disabled}}
`
const later = `apiVersion: v1
kind: ConfigMap
metadata: {name: later, annotations: {landfall.dev/depends-on: /namespaces/NS/ConfigMap/settings}}
`

/** An application that was deployed and then taken out of the configuration; nothing runs. */
async function goneApplication(t: Test) {
  const plane = await controlPlane()
  const site = await testSite(t, {
    applications: { gone: { path: 'app' }, stays: { path: 'stays' } },
    defaults: { sync: { every: '1h', timeout: '5s' } },
  })
  const name = `${site.name}-gone`
  await site.repository.commit({
    'stays/own.yaml': configMapYaml('own'),
    'app/settings.yaml': configMapYaml('settings'),
    'app/later.yaml': later.replace('NS', site.name),
    'app/kept.yaml': kept,
    'app/data.yaml': claim,
    'app/web.yaml': stringify(workload('Deployment')),
  })
  await site.start()
  await until('all is there', async () => {
    const names = await site.kubectl('get', 'cm,pvc,deploy', '-o', 'name')
    const made = ['settings', 'later', 'kept', 'data', 'web', 'own']
    return made.every((one) => names.includes(`/${one}`))
  })
  const remove = (...args: string[]) => site.landfall('remove', name, ...args)
  const inventory = async () => {
    const path = ['get', 'configmap', `landfall-${name}`, '--namespace=landfall-system']
    return plane.kubectl([...path, '--ignore-not-found', '-o', 'name'])
  }
  const there = async () => {
    const label = 'jsonpath={range .items[*]}{.metadata.name} {.metadata.labels}{"\\n"}{end}'
    const text = await site.kubectl('get', 'cm,pvc,deploy', '-o', label)
    return text.split('\n').filter((line) => !/^(?:kube-root-ca.crt|own) /.test(line))
  }
  return { site, name, remove, inventory, there }
}

test('landfall remove', async (t) => {
  const { site, name, remove, inventory, there } = await goneApplication(t)
  const names = async () => (await there()).map((line) => line.replace(/ .*/, '')).toSorted()

  await t.test('refuses an application that is configured and not paused', async (t) => {
    const { code, stderr } = await remove('--prune', '--yes')

    t.equal(code, 1)
    t.match(stderr, 'is not paused, and its next sync would take the objects back')
    t.equal((await there()).length, 5)
  })

  await t.test('the instance tells of what is no longer configured', async (t) => {
    await site.configure({ applications: { [`${site.name}-stays`]: { path: 'stays' } } })
    const line = `${name} in cluster test; it has objects there: landfall remove ${name}`
    // Other tests of the same cluster may leave some there, too.
    await until('status tells it', async () => {
      const { stdout } = await site.landfall('status')
      return stdout.includes('NOT CONFIGURED') && stdout.includes(line)
    })
    t.pass()
  })

  await t.test('so does doctor', async (t) => {
    const { stdout } = await site.landfall('doctor', '-o', 'json')

    const { findings } = JSON.parse(stdout) as { findings: { message: string }[] }
    const told = findings.filter(({ message }) => message.includes(name))
    t.match(told, [{ level: 'warning', message: /is not configured, and has 5 objects here/ }])
  })

  await t.test('shows what would be deleted and what kept, and does nothing', async (t) => {
    const { code, stdout } = await remove('--prune')

    t.equal(code, 3)
    t.match(stdout, /^to delete \(3\)\n/)
    t.match(
      stdout,
      /to let go of, they stay in the cluster \(2\)\n[^]*PersistentVolumeClaim .*data/,
    )
    t.match(stdout, `then: landfall remove ${name} --prune --yes`)
    t.equal((await there()).length, 5)
  })

  await t.test('says where it is not known which cluster', async (t) => {
    const { code, stderr } = await site.landfall('remove', 'nobody')

    t.equal(code, 2)
    t.match(stderr, 'none of the clusters has an inventory of it')
  })

  await t.test(
    'with --prune deletes what needs others first, and keeps what holds data',
    async (t) => {
      const audit = await (await controlPlane()).audit()
      const { code, stdout } = await remove('--prune', '--yes', '-o', 'json')

      t.equal(code, 0, stdout)
      const told = JSON.parse(stdout) as { ref: { name: string }; action: string }[]
      t.strictSame(Object.fromEntries(told.map(({ ref, action }) => [ref.name, action])), {
        settings: 'deleted',
        later: 'deleted',
        web: 'deleted',
        kept: 'kept',
        data: 'kept',
      })
      const deleted = (await audit.events()).flatMap(({ verb, objectRef }) =>
        verb === 'delete' && objectRef?.namespace === site.name ? [objectRef.name] : [],
      )
      t.ok(deleted.indexOf('later') < deleted.indexOf('settings'), deleted.join())
      t.strictSame(await names(), ['data', 'kept'])
      t.notMatch((await there()).join(), 'applyset')
      t.equal(await inventory(), '')
    },
  )

  await t.test('then has nothing left to remove', async (t) => {
    t.equal((await remove('--prune', '--yes')).code, 2)
  })
})
