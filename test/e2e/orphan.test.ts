import { test } from 'tap'
import { stringify } from 'yaml'
import { controlPlane } from '../support/control-plane.ts'
import { configMapFiles } from '../support/manifests.ts'
import { workload } from '../support/rollout.ts'
import { testSite } from '../support/site.ts'
import { until } from '../support/until.ts'

const partOf = 'applyset.kubernetes.io/part-of'

test('landfall orphan', async (t) => {
  const plane = await controlPlane()
  const site = await testSite(t)
  const sha = await site.repository.commit({
    ...configMapFiles(3),
    'app/web.yaml': stringify(workload('Deployment')),
  })
  await site.start()
  t.match(await site.final(sha), { state: 'success' })
  const objects = (...names: string[]) =>
    site.kubectl('get', ...names, '-o', 'json', '--show-managed-fields')
  const pods = () => site.kubectl('get', 'pods', '-o', 'jsonpath={.items[*].metadata.uid}')
  const inventory = async () => {
    const path = ['get', 'configmap', `landfall-${site.name}`, '--namespace=landfall-system']
    return plane.kubectl([...path, '-o', 'jsonpath={.metadata.annotations}'])
  }
  const before = await pods()

  await t.test('refuses an application that its next sync would take back', async (t) => {
    const { code, stderr } = await site.landfall('orphan', site.name, '--yes')

    t.equal(code, 1)
    t.match(stderr, `is not paused, and its next sync would take the objects back`)
    t.match(await objects('cm/c0'), partOf)
  })

  await t.test('shows what it would let go of, and lets go of nothing', async (t) => {
    t.equal((await site.landfall('pause', site.name)).code, 0)
    let shown = await site.landfall('orphan', site.name)
    // A worker writes the pause into the cluster a moment after it is asked for.
    await until('the pause is in the cluster', async () => {
      shown = await site.landfall('orphan', site.name)
      return shown.code === 3
    })

    t.match(shown.stdout, /^to let go of \(4\)[^]*Deployment .*\/web\n/)
    t.match(await objects('cm/c0'), partOf)
  })

  await t.test('with --yes leaves every object, with no trace of Landfall', async (t) => {
    await site.kubectl('delete', 'cm', 'c1')
    await site.kubectl('label', '--overwrite', 'cm', 'c2', `${partOf}=applyset-other`)

    const { code, stdout } = await site.landfall('orphan', site.name, '--yes', '-o', 'json')

    t.equal(code, 0)
    const told = JSON.parse(stdout) as { ref: { name: string }; outcome: string }[]
    t.strictSame(Object.fromEntries(told.map(({ ref, outcome }) => [ref.name, outcome])), {
      c0: 'released',
      c1: 'gone',
      c2: 'foreign',
      web: 'released',
    })
    t.notMatch(await objects('cm/c0', 'deploy/web'), /applyset|"manager": "landfall"/)
    t.match(await objects('cm/c2'), 'applyset-other')
    t.equal(await pods(), before)
    t.match(await inventory(), /contains-group-kinds":""/)
    t.match((await site.landfall('orphan', site.name)).stdout, /has nothing to let go of/)
  })

  await t.test('leaves what another tool can take as it is without a conflict', async (t) => {
    const object = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'c0', namespace: site.name },
      data: { a: '1' },
    }
    const flags = ['--server-side', '--field-manager=helm', '--filename=-']

    t.match(
      await plane.kubectl(['apply', ...flags], JSON.stringify(object)),
      /c0 serverside-applied/,
    )
  })
})
