import type { Command } from 'commander'
import type { InventoryEntry } from '../domain/inventory.ts'
import { bareRef, describeRef } from '../domain/kube-object.ts'
import { type Orphaned, orphanApplication } from '../engine/orphan-application.ts'
import { againFlags } from './again-flags.ts'
import { type ConfirmedOptions, confirmedExit, withConfirmation } from './confirmed-option.ts'
import type { CliContext } from './context.ts'
import { print, safeText } from './output.ts'
import { requireStill } from './require-still.ts'
import {
  type InventoryBench,
  type InventoryOptions,
  withInventory,
  withPlace,
} from './with-inventory.ts'

type OrphanOptions = ConfirmedOptions & InventoryOptions

export function registerOrphan(program: Command, ctx: CliContext): void {
  const command = program
    .command('orphan <application>')
    .description(
      'let go of the objects of an application that is paused or no longer configured, and leave them in the cluster; shows them, and does it with --yes',
    )
  withPlace(withConfirmation(command)).action(async (name: string, options: OrphanOptions) => {
    await withInventory(ctx, name, options, (bench) => run(ctx, bench, options))
  })
}

async function run(ctx: CliContext, bench: InventoryBench, options: OrphanOptions): Promise<void> {
  const { target, inventory, timeoutMs } = bench
  const { entries } = inventory
  const { name } = target.application
  const { yes = false, output } = options
  const flags = ` --yes${againFlags(options)}`
  requireStill(bench)
  if (!yes) {
    print(ctx, output, entries.map(bareRef), () => planText(name, entries, flags))
    ctx.exit(entries.length === 0 ? confirmedExit.done : confirmedExit.asks)
    return
  }
  const orphaned = await orphanApplication(target, { now: new Date().toISOString(), timeoutMs })
  print(ctx, output, orphaned.map(toJson), () => resultText(bench, orphaned, flags))
  ctx.exit(
    orphaned.some(({ outcome }) => outcome === 'failed')
      ? confirmedExit.failed
      : confirmedExit.done,
  )
}

function toJson({ entry, outcome, error }: Orphaned) {
  return { ref: bareRef(entry), outcome, message: error?.text ?? '' }
}

function planText(name: string, entries: readonly InventoryEntry[], flags: string): string {
  if (entries.length === 0) return `${name} has nothing to let go of`
  return [
    `to let go of (${entries.length})`,
    ...entries.map((entry) => `  ${safeText(describeRef(entry))}`),
    `they stay in the cluster and are nobody's; then: landfall orphan ${name}${flags}`,
  ].join('\n')
}

const words = {
  released: 'released',
  gone: 'was not there',
  foreign: 'was not ours any more',
  failed: 'failed',
} as const

function resultText(
  { target, isConfigured }: InventoryBench,
  orphaned: readonly Orphaned[],
  flags: string,
): string {
  const { name } = target.application
  return [
    ...orphaned.map(({ entry, outcome, error }) =>
      safeText([describeRef(entry), words[outcome], error?.text].filter(Boolean).join(': ')),
    ),
    isConfigured
      ? `now take ${name} out of landfall.yaml; resumed, it would take them back`
      : `its inventory is empty now; to be rid of it: landfall remove ${name}${flags}`,
  ].join('\n')
}
