import { randomBytes } from 'node:crypto'
import type { Command } from 'commander'
import { describeRef } from '../domain/kube-object.ts'
import { createMask } from '../engine/mask-secret.ts'
import { type PlannedChange, previewChanges } from '../engine/preview.ts'
import { renderDesired } from '../engine/render-desired.ts'
import type { CliContext } from './context.ts'
import { valueText } from './drift-lines.ts'
import { configOption, withOutput } from './instance-option.ts'
import { type OutputFormat, type Paint, painter, print, safeText } from './output.ts'
import { findApplication, readConfig } from './read-config.ts'
import { openWorkbench, type Wanted } from './workbench.ts'

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

async function planOf(
  ctx: CliContext,
  name: string,
  options: DiffOptions,
): Promise<PlannedChange[]> {
  const config = await readConfig(ctx, options.config)
  const application = findApplication(config, name)
  const bench = await openWorkbench(ctx, config, application, options)
  const { cluster, revision } = bench
  try {
    const wanted = await renderDesired(
      // A key of its own: each Secret is compared with the live one, whatever was last applied.
      { ...bench, ownNamespace: 'landfall-system', hashKey: async () => randomBytes(32) },
      cluster,
      { application, revision, signal: ctx.stopped },
    )
    for (const warning of wanted.warnings) ctx.stderr.write(`warning: ${warning}\n`)
    return await previewChanges(
      {
        application,
        cluster,
        client: cluster.as(application.serviceAccount, ctx.stopped),
        own: cluster.as(undefined, ctx.stopped),
        partOf: cluster.inventory.partOf(application.name),
        mask: createMask(randomBytes(32)),
        signal: ctx.stopped,
      },
      wanted,
      await cluster.inventory.read(application.name),
      revision.allowsPrune,
    )
  } finally {
    await bench.close()
  }
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

function changeLines(change: PlannedChange, paint: Paint): string[] {
  const { ref, origin, message, fields } = change
  const place = origin === undefined ? '' : `  ${origin.file}:${origin.line}`
  const why = message === '' ? '' : `: ${message}`
  return [
    `  ${safeText(describeRef(ref) + why)}${paint('dim', safeText(place))}`,
    ...fields.flatMap(({ path, before, after }) => [
      `    ${safeText(path)}`,
      ...(before === undefined ? [] : [paint('red', `      - ${safeText(valueText(before))}`)]),
      ...(after === undefined ? [] : [paint('green', `      + ${safeText(valueText(after))}`)]),
    ]),
  ]
}
