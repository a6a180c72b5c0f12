import type { Command } from 'commander'
import { StageError } from '../domain/error.ts'
import { describeRef } from '../domain/kube-object.ts'
import { type Adoptable, adopt, findAdoptable } from '../engine/adopt-application.ts'
import { againFlags } from './again-flags.ts'
import { changeLines } from './change-lines.ts'
import { type ConfirmedOptions, confirmedExit, withConfirmation } from './confirmed-option.ts'
import type { CliContext } from './context.ts'
import { type Paint, painter, print, safeText } from './output.ts'
import { type DesiredBench, withDesired } from './with-desired.ts'

export function registerAdopt(program: Command, ctx: CliContext): void {
  const command = program
    .command('adopt <application>')
    .description(
      'take over what Helm, kubectl, Argo CD or Flux made of the objects in Git; shows what would change, and does it with --yes',
    )
  withConfirmation(command).action(async (name: string, options: ConfirmedOptions) => {
    await withDesired(ctx, name, options, (bench) => run(ctx, bench, options))
  })
}

async function run(
  ctx: CliContext,
  { target, desired, redact }: DesiredBench,
  options: ConfirmedOptions,
): Promise<void> {
  const { yes = false, output } = options
  const found = (await findAdoptable(target, desired)).map((item) => {
    const { change } = item
    return { ...item, change: { ...change, message: redact(change.message) } }
  })
  const rejected = found.filter(({ change }) => change.action === 'reject')
  const isDone = yes && rejected.length === 0
  if (isDone) await adoptAll(target, found)
  print(ctx, output, found.map(toJson), () =>
    describe(found, {
      name: target.application.name,
      isDone,
      paint: painter(ctx),
      flags: againFlags(options),
    }),
  )
  if (rejected.length > 0) ctx.exit(confirmedExit.failed)
  else ctx.exit(isDone || found.length === 0 ? confirmedExit.done : confirmedExit.asks)
}

/** One after the other: where one fails, the rest is as it was. */
async function adoptAll(
  target: DesiredBench['target'],
  found: readonly Adoptable[],
): Promise<void> {
  for (const [index, item] of found.entries()) {
    try {
      await adopt(target, item)
    } catch (error) {
      if (!(error instanceof StageError)) throw error
      const text = `${index} of ${found.length} objects are taken over; then: ${error.text}`
      throw new StageError(error.code, text, { subjects: error.subjects, cause: error })
    }
  }
}

function toJson({ change, owners, restartsPods }: Adoptable) {
  return { ...change, owners, restartsPods }
}

interface Told {
  readonly name: string
  readonly isDone: boolean
  readonly paint: Paint
  /** Of the next command. */
  readonly flags: string
}

function describe(found: readonly Adoptable[], { name, isDone, paint, flags }: Told): string {
  if (found.length === 0) return `${name} has nothing to take over`
  const lines = found.flatMap((item) => [
    ...changeLines(item.change, paint),
    `    ${paint('dim', safeText(`owned by ${item.owners.join(', ')}`))}`,
    ...(item.restartsPods ? [`    ${paint('yellow', 'its pods will be replaced')}`] : []),
  ])
  const rejected = found.filter(({ change }) => change.action === 'reject')
  const end =
    rejected.length > 0
      ? `nothing is taken over: ${rejected.map(({ desired }) => describeRef(desired.ref)).join(', ')} cannot be`
      : isDone
        ? `taken over; they are deployed from Git from the next sync on: landfall sync ${name}`
        : `stop what owned them from writing them, then: landfall adopt ${name} --yes${flags}`
  const title = isDone ? 'taken over' : 'to take over'
  return [`${paint('yellow', title)} (${found.length})`, ...lines, safeText(end)].join('\n')
}
