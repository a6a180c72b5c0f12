import type { Command } from 'commander'
import { Option } from 'commander'
import type { Cluster } from '../cluster/cluster.ts'
import { createCluster } from '../cluster/create-cluster.ts'
import type { Application, ServiceAccountRef } from '../domain/application.ts'
import { StageError } from '../domain/error.ts'
import type { Inventory } from '../domain/inventory.ts'
import type { ClusterSettings, Config } from '../domain/settings.ts'
import type { InventoryTarget } from '../engine/target.ts'
import type { CliContext } from './context.ts'
import { readConfig } from './read-config.ts'
import { readVersion } from './version.ts'

/** An application as its inventory in the cluster knows it. */
export interface InventoryBench {
  readonly target: InventoryTarget
  readonly inventory: Inventory
  readonly isConfigured: boolean
  /** Of a sync; undefined: it is not configured. */
  readonly timeoutMs: number | undefined
}

export interface InventoryOptions {
  readonly config: string
  readonly cluster?: string
  readonly serviceAccount?: ServiceAccountRef
}

/** For an application that is no longer configured. */
export function withPlace(command: Command): Command {
  return command
    .option('--cluster <name>', 'where it is, if it is no longer configured and in several')
    .addOption(
      new Option(
        '--service-account <namespace/name>',
        'whom to act as, if it is no longer configured; by default as Landfall itself',
      ).argParser(parseAccount),
    )
}

/** Finds an application's inventory, whether the configuration still has the application or not. */
export async function withInventory(
  ctx: CliContext,
  name: string,
  options: InventoryOptions,
  use: (bench: InventoryBench) => Promise<void>,
): Promise<void> {
  const config = await readConfig(ctx, options.config)
  const application = config.applications.get(name)
  const clusters = settingsFor(config, application?.cluster ?? options.cluster).map((settings) =>
    createCluster(settings, { version: readVersion() }),
  )
  try {
    const cluster = await choose(clusters, name, application)
    const serviceAccount = application?.serviceAccount ?? options.serviceAccount
    await use({
      target: {
        application: { name, serviceAccount },
        cluster,
        client: cluster.as(serviceAccount, ctx.stopped),
        own: cluster.as(undefined, ctx.stopped),
        partOf: cluster.inventory.partOf(name),
        signal: ctx.stopped,
      },
      inventory: await cluster.inventory.read(name),
      isConfigured: application !== undefined,
      timeoutMs: application?.sync.timeoutMs,
    })
  } finally {
    await Promise.all(clusters.map((cluster) => cluster.close()))
  }
}

function settingsFor({ clusters }: Config, name: string | undefined): readonly ClusterSettings[] {
  if (name === undefined) return Array.from(clusters.values())
  const settings = clusters.get(name)
  if (settings !== undefined) return [settings]
  throw new StageError('CONFIG_INVALID', `no cluster ${name} is configured`)
}

/** The one cluster that has an inventory of that application. */
async function choose(
  clusters: readonly Cluster[],
  name: string,
  application: Application | undefined,
): Promise<Cluster> {
  const found: Cluster[] = []
  for (const cluster of clusters) {
    const isThere =
      application !== undefined ||
      (await cluster.inventory.read(name)).resourceVersion !== undefined
    if (isThere) found.push(cluster)
  }
  const [first, ...others] = found
  if (first === undefined) {
    const text = `no application ${name} is configured, and none of the clusters has an inventory of it; landfall doctor lists those they have`
    throw new StageError('CONFIG_INVALID', text)
  }
  if (others.length === 0) return first
  const names = found.map((cluster) => cluster.name).join(', ')
  throw new StageError(
    'CONFIG_INVALID',
    `${names} have an inventory of ${name}; say which one by --cluster`,
  )
}

function parseAccount(text: string): ServiceAccountRef {
  const [namespace = '', name = '', ...rest] = text.split('/')
  if (namespace !== '' && name !== '' && rest.length === 0) return { namespace, name }
  throw new StageError('CONFIG_INVALID', `--service-account ${text}: write NAMESPACE/NAME`)
}
