import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { createCluster } from '../../src/cluster/create-cluster.ts'
import type { ClusterSettings } from '../../src/domain/settings.ts'
import { createClusterPool } from '../../workers/cluster-pool.ts'

function rig(dir: string) {
  const closed: Cluster[] = []
  const pool = createClusterPool((settings) => {
    const cluster = createCluster(settings, { version: '1.2.3' })
    return {
      ...cluster,
      async close() {
        closed.push(this)
        await cluster.close()
      },
    }
  })
  const prod: ClusterSettings = {
    name: 'prod',
    kind: 'kubeconfig',
    file: join(dir, 'kubeconfig'),
    context: undefined,
  }
  return { pool, closed, prod }
}

test('the clusters of a configuration', async (t) => {
  const dir = t.testdir({ kubeconfig: 'one' })

  await t.test('are those of the one before where nothing about them changed', async (t) => {
    const { pool, closed, prod } = rig(dir)
    const before = await pool.lease([prod])
    const after = await pool.lease([prod])

    t.equal(after.clusterOf('prod'), before.clusterOf('prod'))
    await before.release()
    t.strictSame(closed, [])
    await after.release()
    t.equal(closed.length, 1)
  })

  await t.test('are opened anew where the kubeconfig has another content', async (t) => {
    const { pool, closed, prod } = rig(dir)
    const before = await pool.lease([prod])
    await writeFile(join(dir, 'kubeconfig'), 'two')
    const after = await pool.lease([prod])
    const old = before.clusterOf('prod')

    t.not(after.clusterOf('prod'), old)
    await before.release()
    t.strictSame(closed, [old])
    await after.release()
  })

  await t.test('are opened anew with another context', async (t) => {
    const { pool, prod } = rig(dir)
    const before = await pool.lease([prod])
    const after = await pool.lease([{ ...prod, context: 'other' }])

    t.not(after.clusterOf('prod'), before.clusterOf('prod'))
  })

  await t.test('one that is not configured is an error of the configuration', async (t) => {
    const { pool, prod } = rig(dir)
    const lease = await pool.lease([prod])

    t.throws(() => lease.clusterOf('staging'), { code: 'CONFIG_INVALID' })
  })
})
