import type { Command } from 'commander'
import { type PlannedChange, previewChanges } from '../engine/preview.ts'
import { changeLines } from './change-lines.ts'
import type { CliContext } from './context.ts'
import { configOption, withOutput } from './instance-option.ts'
import { type OutputFormat, type Paint, painter, print } from './output.ts'
import { withDesired } from './with-desired.ts'
import type { Wanted } from './workbench.ts'

interface DiffOptions extends Wanted {
  readonly config: string
  readonly output: OutputFormat
}

const differs = 3

export function registerDiff(program: Command, ctx: CliContext): void {
  const command = program
    .command('diff <application>')
    .description(
      "show the server's own diff of what a sync would change; exit 3 when anything would",
    )
    .option('--revision <sha>', 'a commit of the tracked branch instead of its tip')
    .option('--local <dir>', "the repository's files in a folder instead of a commit")
    .addOption(configOption())
  withOutput(command).action(async (name: string, options: DiffOptions) => {
    const changes = await planOf(ctx, name, options)
    const told = changes.filter((change) => change.action !== 'unchanged')
    print(ctx, options.output, told, () => diffText(told, painter(ctx)))
    const rejected = told.some((change) => change.action === 'reject')
    ctx.exit(rejected ? 1 : told.some((change) => change.action !== 'keep') ? differs : 0)
  })
}

function planOf(ctx: CliContext, name: string, options: DiffOptions): Promise<PlannedChange[]> {
  return withDesired(ctx, name, options, async ({ target, desired, hooks, revision, redact }) => {
    const changes = await previewChanges(
      target,
      { desired, hooks },
      await target.cluster.inventory.read(target.application.name),
      revision.allowsPrune,
    )
    return changes.map((change) => ({ ...change, message: redact(change.message) }))
  })
}

const headings = {
  reject: ['red', 'refused by the server'],
  create: ['green', 'to create'],
  configure: ['yellow', 'to configure'],
  delete: ['red', 'to delete'],
  keep: ['dim', 'kept, though no longer in Git'],
} as const

function diffText(changes: readonly PlannedChange[], paint: Paint): string {
  if (changes.length === 0) return 'no difference'
  const groups = Map.groupBy(changes, (change) => change.action)
  return Object.entries(headings)
    .flatMap(([action, [style, heading]]) => {
      const group = groups.get(action as PlannedChange['action'])
      if (group === undefined) return []
      const lines = group.flatMap((change) => changeLines(change, paint))
      return [`${paint(style, heading)} (${group.length})`, ...lines]
    })
    .join('\n')
}
