import type { Command } from 'commander'
import { describeRef } from '../domain/kube-object.ts'
import type { Ended } from '../engine/prune-objects.ts'
import {
  planRemoval,
  type RemovalOptions,
  removeApplication,
} from '../engine/remove-application.ts'
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

interface RemoveOptions extends ConfirmedOptions, InventoryOptions {
  readonly prune?: boolean
  readonly data?: boolean
}

export function registerRemove(program: Command, ctx: CliContext): void {
  const command = program
    .command('remove <application>')
    .description(
      'end an application that is paused or no longer configured: let go of its objects, or delete them with --prune; shows them, and does it with --yes',
    )
    .option('--prune', 'delete the objects, in the reverse order of writing')
    .option('--data', 'with --prune: Namespaces, volumes, claims and CRDs too, and all in them')
  withPlace(withConfirmation(command)).action(async (name: string, options: RemoveOptions) => {
    await withInventory(ctx, name, options, (bench) => run(ctx, bench, options))
  })
}

async function run(ctx: CliContext, bench: InventoryBench, options: RemoveOptions): Promise<void> {
  const { target, inventory, timeoutMs } = bench
  const { name } = target.application
  requireStill(bench)
  const { yes = false, prune = false, data = false, output } = options
  const what: RemovalOptions = { prune, data }
  const removals = yes
    ? await removeApplication(target, what, { now: new Date().toISOString(), timeoutMs })
    : await planRemoval(target, inventory, what)
  const isDone = yes && removals.every(({ action }) => action !== 'failed')
  print(ctx, output, removals, () => describe(removals, { ...bench, name, isDone, options }))
  if (!yes) ctx.exit(confirmedExit.asks)
  else ctx.exit(isDone ? confirmedExit.done : confirmedExit.failed)
}

interface Told extends InventoryBench {
  readonly name: string
  readonly isDone: boolean
  readonly options: RemoveOptions
}

/** In the order they are told. */
const headings: readonly (readonly [Ended['action'], planned: string, done: string])[] = [
  ['deleted', 'to delete', 'deleted'],
  ['kept', 'to let go of, they stay in the cluster', 'let go of'],
  ['gone', 'not there', 'was not there'],
  ['failed', 'cannot be looked at', 'failed'],
]

function describe(removals: readonly Ended[], told: Told): string {
  const groups = Map.groupBy(removals, ({ action }) => action)
  const lines = headings.flatMap(([action, planned, done]) => {
    const some = groups.get(action) ?? []
    const heading = `${told.options.yes === true ? done : planned} (${some.length})`
    return some.length === 0 ? [] : [heading, ...some.map(line)]
  })
  return [...lines, next(told)].join('\n')
}

function line({ ref, message }: Ended): string {
  return safeText(`  ${describeRef(ref)}${message === '' ? '' : `: ${message}`}`)
}

function next(told: Told): string {
  if (told.options.yes !== true) return proposal(told)
  if (!told.isDone) return `some failed and are in the inventory still: run it again`
  return told.isConfigured
    ? `${told.name} has nothing left; take it out of landfall.yaml: resumed, it would be deployed again`
    : `${told.name} has nothing left`
}

function proposal({ name, inventory, options }: Told): string {
  const { prune = false, data = false } = options
  const [last] = inventory.history
  const when =
    last === undefined ? '' : `; it was synced last at ${last.finishedAt ?? last.startedAt}`
  const flags = `${prune ? ' --prune' : ''}${data ? ' --data' : ''} --yes${againFlags(options)}`
  return safeText(`nothing is done yet${when}; then: landfall remove ${name}${flags}`)
}
