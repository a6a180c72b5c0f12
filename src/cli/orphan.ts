import { randomBytes } from 'node:crypto'
import type { Command } from 'commander'
import { createCluster } from '../cluster/create-cluster.ts'
import { StageError } from '../domain/error.ts'
import type { InventoryEntry } from '../domain/inventory.ts'
import { bareRef, describeRef } from '../domain/kube-object.ts'
import { createMask } from '../engine/mask-secret.ts'
import { noNeighbours } from '../engine/neighbours.ts'
import { type Orphaned, orphanApplication } from '../engine/orphan-application.ts'
import type { Target } from '../engine/target.ts'
import type { CliContext } from './context.ts'
import { configOption, withOutput } from './instance-option.ts'
import { type OutputFormat, print, safeText } from './output.ts'
import { findApplication, readConfig } from './read-config.ts'
import { readVersion } from './version.ts'

interface OrphanOptions {
  readonly config: string
  readonly yes?: boolean
  readonly output: OutputFormat
}

const exitCodes = { done: 0, failed: 1, asks: 3 } as const

export function registerOrphan(program: Command, ctx: CliContext): void {
  const command = program
    .command('orphan <application>')
    .description(
      'let go of the objects of a paused application and leave them in the cluster; shows them, and does it with --yes',
    )
    .option('-y, --yes', 'do it')
    .addOption(configOption())
  withOutput(command).action(async (name: string, options: OrphanOptions) => {
    await withTarget(ctx, name, options, (target) => run(ctx, target, options))
  })
}

async function withTarget(
  ctx: CliContext,
  name: string,
  options: OrphanOptions,
  use: (target: Target) => Promise<void>,
): Promise<void> {
  const config = await readConfig(ctx, options.config)
  const application = findApplication(config, name)
  const settings = config.clusters.get(application.cluster)
  if (settings === undefined) {
    throw new StageError('CONFIG_INVALID', `no cluster ${application.cluster} is configured`)
  }
  const cluster = createCluster(settings, { version: readVersion() })
  try {
    await use({
      application,
      cluster,
      client: cluster.as(application.serviceAccount, ctx.stopped),
      own: cluster.as(undefined, ctx.stopped),
      partOf: cluster.inventory.partOf(name),
      mask: createMask(randomBytes(32)),
      neighbours: noNeighbours,
      signal: ctx.stopped,
    })
  } finally {
    await cluster.close()
  }
}

async function run(
  ctx: CliContext,
  target: Target,
  { yes = false, output }: OrphanOptions,
): Promise<void> {
  const { name } = target.application
  const { entries, paused } = await target.cluster.inventory.read(name)
  if (entries.length > 0 && paused === undefined) {
    const text = `${name} is not paused, and its next sync would take the objects back; first: landfall pause ${name}`
    throw new StageError('INSTANCE_REFUSED', text)
  }
  if (!yes) {
    print(ctx, output, entries.map(bareRef), () => planText(name, entries))
    ctx.exit(entries.length === 0 ? exitCodes.done : exitCodes.asks)
    return
  }
  const orphaned = await orphanApplication(target)
  print(ctx, output, orphaned.map(toJson), () => resultText(name, orphaned))
  ctx.exit(orphaned.some(({ outcome }) => outcome === 'failed') ? exitCodes.failed : exitCodes.done)
}

function toJson({ entry, outcome, error }: Orphaned) {
  return { ref: bareRef(entry), outcome, message: error?.text ?? '' }
}

function planText(name: string, entries: readonly InventoryEntry[]): string {
  if (entries.length === 0) return `${name} has nothing to let go of`
  return [
    `to let go of (${entries.length})`,
    ...entries.map((entry) => `  ${safeText(describeRef(entry))}`),
    `they stay in the cluster and are nobody's; then: landfall orphan ${name} --yes`,
  ].join('\n')
}

const words = {
  released: 'released',
  gone: 'was not there',
  foreign: 'was not ours any more',
  failed: 'failed',
} as const

function resultText(name: string, orphaned: readonly Orphaned[]): string {
  return [
    ...orphaned.map(({ entry, outcome, error }) =>
      safeText([describeRef(entry), words[outcome], error?.text].filter(Boolean).join(': ')),
    ),
    `now take ${name} out of landfall.yaml; resumed, it would take them back`,
  ].join('\n')
}
