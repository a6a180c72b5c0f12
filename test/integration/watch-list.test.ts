import { type Test, test } from 'tap'
import { createCluster } from '../../src/cluster/create-cluster.ts'
import { systemClock } from '../../src/domain/clock.ts'
import { followObjects } from '../../src/engine/follow-objects.ts'
import { systemTimers } from '../../src/engine/timers.ts'
import { createWatchLists } from '../../src/engine/watch-list.ts'
import { controlPlane } from '../support/control-plane.ts'
import { throwawayControlPlane } from '../support/throwaway.ts'
import { until } from '../support/until.ts'

/** Follows the ConfigMaps of a namespace of a real API server, and makes one meanwhile. */
async function follow(t: Test, kubeconfig: string) {
  const verbs: string[] = []
  const settings = {
    name: 'test',
    kind: 'kubeconfig',
    file: kubeconfig,
    context: undefined,
  } as const
  const cluster = createCluster(settings, {
    version: '1.2.3',
    onRequest: ({ verb }) => verbs.push(verb),
  })
  t.teardown(() => cluster.close())
  const namespace = `test-${process.pid}-${Date.now().toString(36)}`
  const inNamespace = (name: string) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace },
  })
  const home = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }
  await cluster.own.apply(home)
  await cluster.own.apply(inNamespace('before'))
  verbs.length = 0
  const listed: string[] = []
  const changed: string[] = []
  const stop = new AbortController()
  const following = followObjects(
    {
      client: cluster.own,
      clock: systemClock,
      timers: systemTimers,
      lists: createWatchLists(),
    },
    { group: '', kind: 'ConfigMap', namespace, metadataOnly: true },
    {
      onList: (objects) => listed.push(...objects.map(({ metadata }) => metadata.name)),
      onChange: ({ metadata }) => changed.push(metadata.name),
      onDelete: () => {},
      onTrouble: (error) => t.fail(error.text),
    },
    stop.signal,
  )
  await until('it is listed', () => listed.includes('before'))
  await cluster.own.apply(inNamespace('after'))
  await until('the change is seen', () => changed.includes('after'))
  stop.abort()
  await following
  const asked = verbs.filter((verb) => verb !== 'apply')
  await cluster.own.remove(
    { group: '', version: 'v1', kind: 'Namespace', namespace: '', name: namespace },
    { uid: (await cluster.own.apply(home)).object.metadata.uid ?? '', propagation: 'Background' },
  )
  return asked
}

test('following objects where the API server lists by watches costs one request', async (t) => {
  const { kubeconfig } = await controlPlane()

  t.strictSame(await follow(t, kubeconfig), ['watch'])
})

test('following objects where it does not lists them, and watches from there', async (t) => {
  const plane = await throwawayControlPlane(['--feature-gates=WatchList=false'])
  t.teardown(() => plane.stop())

  const asked = await follow(t, plane.kubeconfig)

  t.strictSame(asked, ['watch', 'list', 'watch'])
})
