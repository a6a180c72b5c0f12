import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Test } from 'tap'
import { createInstanceClient } from '../../src/cli/instance-client.ts'
import type { SyncRecord } from '../../src/domain/sync.ts'
import type { AuditEvent, AuditTrail } from './audit-trail.ts'
import { controlPlane, testNamespace } from './control-plane.ts'
import type { Files } from './git-repository.ts'
import { type Instance, startInstance } from './instance.ts'
import { testRedis } from './redis.ts'
import { copyDeploy, withToken } from './shipped-deploy.ts'
import { grantShippedRights, type ShippedRights } from './shipped-rights.ts'
import { type Site, testSite } from './site.ts'
import { until } from './until.ts'

/** A receiver and a worker that may do in the cluster what deploy/ grants. */
export interface RightsSite extends Omit<Site, 'kubectl'> {
  readonly receiver: Instance
  readonly shipped: ShippedRights
  startWorker(): Promise<Instance>
  /** With its own account, which may do what deploy/ grants it. */
  startWatcher(): Promise<Instance>
  /** The application's, not the site's. */
  readonly namespace: string
  /** All that Landfall asks from now on. */
  audit(): Promise<AuditTrail>
  /** All that the watcher asks from now on. */
  watcherAudit(): Promise<AuditTrail>
  /** Deletes what Landfall keeps of the application in the cluster. */
  forgetInventory(): Promise<void>
  /** As the administrator, in the application's namespace. */
  kubectl(...args: readonly string[]): Promise<string>
  /** As the administrator, in landfall-system. */
  inSystem(...args: readonly string[]): Promise<string>
  /** Commits, then asks for a sync that compares everything, and waits for its end. */
  sync(files?: Files): Promise<SyncRecord>
}

export async function rightsSite(t: Test): Promise<RightsSite> {
  const plane = await controlPlane()
  const namespace = await testNamespace(t)
  const folder = await copyDeploy(t)
  const shipped = await grantShippedRights(t, plane, { folder, namespace })
  const site = await testSite(t, {
    kubeconfig: await withToken(plane.kubeconfig, shipped.token, join(folder, 'kubeconfig')),
    keys: { redis: { url: (await testRedis(t)).url } },
    defaults: {
      namespace,
      serviceAccount: `${namespace}/deployer`,
      sync: { every: '1h', timeout: '20s' },
    },
  })
  const watcherConfig = await copyConfig(site.config, {
    test: {
      kubeconfig: await withToken(plane.kubeconfig, shipped.watcherToken, join(folder, 'watcher')),
    },
  })
  const auditOf = async (account: string): Promise<AuditTrail> => {
    const trail = await plane.audit()
    const username = `system:serviceaccount:landfall-system:${account}`
    const isAsked = ({ user }: AuditEvent) => user.username === username
    return { events: async () => (await trail.events()).filter(isAsked) }
  }
  const receiver = await site.start('--role', 'receiver')
  const socket = { kind: 'socket', path: join(site.dataDir, 'landfall.sock') } as const
  const client = createInstanceClient(socket)
  return {
    ...site,
    receiver,
    startWorker: () => site.start('--role', 'worker', '--listen', '127.0.0.1:0'),
    startWatcher: () =>
      startInstance({
        config: watcherConfig,
        env: {},
        args: ['--role', 'watcher', '--listen', '127.0.0.1:0'],
      }),
    shipped,
    namespace,
    audit: () => auditOf('landfall-worker'),
    watcherAudit: () => auditOf('landfall-watcher'),
    async forgetInventory() {
      const name = `configmap/landfall-${site.name}`
      await plane.kubectl(['delete', name, '--namespace=landfall-system', '--ignore-not-found'])
    },
    kubectl: (...args) => plane.kubectl([`--namespace=${namespace}`, ...args]),
    inSystem: (...args) => plane.kubectl(['--namespace=landfall-system', ...args]),
    async sync(files) {
      if (files !== undefined) await site.repository.commit(files)
      const asked = await client.post(`/applications/${site.name}/sync`)
      const { wantedAt } = asked as { wantedAt: string }
      let ended: SyncRecord | undefined
      await until(`the sync wanted at ${wantedAt} ended`, async () => {
        ended = (await site.syncs()).findLast(
          ({ startedAt, phase }) => startedAt >= wantedAt && phase !== 'Running',
        )
        return ended !== undefined
      })
      if (ended === undefined) throw new Error('it did not end')
      return ended
    },
  }
}

/** The same configuration with other clusters. */
async function copyConfig(config: string, clusters: Readonly<Record<string, unknown>>) {
  const to = `${config}.watcher.yaml`
  await writeFile(to, JSON.stringify({ ...JSON.parse(await readFile(config, 'utf8')), clusters }))
  return to
}
