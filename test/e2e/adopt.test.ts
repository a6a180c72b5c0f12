import { test } from 'tap'
import { stringify } from 'yaml'
import type { KubeObject } from '../../src/domain/kube-object.ts'
import { controlPlane } from '../support/control-plane.ts'
import { configMapYaml } from '../support/manifests.ts'
import { workload } from '../support/rollout.ts'
import { testSite } from '../support/site.ts'
import { until } from '../support/until.ts'

const managedBy = { 'app.kubernetes.io/managed-by': 'Helm' }
const web = workload('Deployment', undefined, { replicas: 2 })
const configMap = (name: string, metadata: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
  data: { a: '1' },
})
const partOf = 'applyset.kubernetes.io/part-of'

test('landfall adopt', async (t) => {
  const plane = await controlPlane()
  const site = await testSite(t)
  let sha = await site.repository.commit({
    'app/web.yaml': stringify(web),
    'app/settings.yaml': configMapYaml('settings'),
    'app/by-hand.yaml': configMapYaml('by-hand'),
    'app/new.yaml': configMapYaml('new'),
  })
  const apply = (manager: string, object: KubeObject) => {
    const namespaced = { ...object, metadata: { namespace: site.name, ...object.metadata } }
    const flags = ['--server-side', `--field-manager=${manager}`, '--filename=-']
    return plane.kubectl(['apply', ...flags], JSON.stringify(namespaced))
  }
  const get = (...args: string[]) => site.kubectl('get', ...args)
  const podUids = () => get('pods', '-o', 'jsonpath={.items[*].metadata.uid}')
  const versions = () => get('cm,deploy', '-o', 'jsonpath={.items[*].metadata.generation}')
  await apply('helm', { ...web, metadata: { ...web.metadata, labels: managedBy } })
  await apply('argocd-controller', configMap('settings', { annotations: { 'x/tracking': 'id' } }))
  await apply('kubectl', configMap('by-hand', { labels: { touched: 'yes' } }))
  await until('both pods are there', async () => (await podUids()).split(' ').length === 2)
  const pods = await podUids()

  await t.test('shows what would change and changes nothing', async (t) => {
    const before = await versions()
    const { code, stdout } = await site.landfall('adopt', site.name)

    t.equal(code, 3)
    t.match(stdout, /^to take over \(3\)/)
    t.match(
      stdout,
      /Deployment .*\/web {2}app\/web\.yaml:1[^]*managed-by\n {6}- "Helm"[^]*owned by helm/,
    )
    t.match(stdout, /ConfigMap .*\/settings[^]*- "id"[^]*owned by argocd-controller/)
    t.match(stdout, /ConfigMap .*\/by-hand[^]*touched/)
    t.notMatch(stdout, /\/new|will be replaced/)
    t.match(stdout, `then: landfall adopt ${site.name} --yes`)
    t.equal(await versions(), before)
    t.match(await get('cm/settings', '-o', 'jsonpath={.metadata.annotations}'), /tracking/)
  })

  await t.test('says when pods will be replaced', async (t) => {
    const other = workload('Deployment', undefined, { replicas: 0 })
    await apply('helm', { ...other, metadata: { name: 'other' } })
    const text = stringify({ ...other, metadata: { name: 'other' } }).replace('web:1', 'web:2')
    await site.repository.commit({ 'app/other.yaml': text })

    t.match((await site.landfall('adopt', site.name)).stdout, /web:2[^]*its pods will be replaced/)
    await site.repository.commit({ 'app/other.yaml': null })
  })

  await t.test('takes nothing over where an object belongs to another application', async (t) => {
    await apply('kubectl', configMap('theirs', { labels: { [partOf]: 'applyset-theirs' } }))
    await site.repository.commit({ 'app/theirs.yaml': configMapYaml('theirs') })

    const { code, stdout } = await site.landfall('adopt', site.name, '--yes')

    t.equal(code, 1)
    t.match(stdout, /theirs: .*belongs to another application/)
    t.match(await get('deploy/web', '-o', 'jsonpath={.metadata.labels}'), /Helm/)
    sha = await site.repository.commit({ 'app/theirs.yaml': null })
  })

  await t.test('with --yes takes over, and replaces no pod', async (t) => {
    const { code, stdout } = await site.landfall('adopt', site.name, '--yes', '-o', 'json')

    t.equal(code, 0)
    t.match(JSON.parse(stdout), [
      { ref: { name: 'by-hand' }, action: 'configure', restartsPods: false },
      { ref: { name: 'settings' }, owners: ['argocd-controller'] },
      { ref: { name: 'web' } },
    ])
    t.notMatch(await get('deploy/web', '-o', 'jsonpath={.metadata.labels}'), /Helm/)
    t.notMatch(await get('cm', '-o', 'jsonpath={.items[*].metadata}'), /tracking|touched/)
    t.equal(await podUids(), pods)
    t.match((await site.landfall('adopt', site.name)).stdout, /has nothing to take over$/m)
  })

  await t.test('leaves a cluster that the next sync finds as Git wants it', async (t) => {
    await site.start()

    t.match(await site.final(sha), { state: 'success' })
    t.equal(await podUids(), pods)
  })
})
