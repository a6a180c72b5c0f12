import type { Command } from 'commander'
import { z } from 'zod'
import { isSameAllowed } from '../domain/allowed-difference.ts'
import { tellAllowed } from './allowed-lines.ts'
import { type SyncAnswer, syncsAnswer } from './answers.ts'
import type { CliContext } from './context.ts'
import { tellDrift } from './drift-lines.ts'
import { tellFailure } from './failure-lines.ts'
import { findInstance, type InstanceOptions, withInstance } from './instance-option.ts'
import { type Paint, painter, print, safeText } from './output.ts'
import { recordAnswer, tellRecord } from './witness-lines.ts'

export function registerHistory(program: Command, ctx: CliContext): void {
  const command = program
    .command('history <application>')
    .description(
      'list its syncs: when, who, why, what changed, what had drifted, how long it took; and shells in its pods',
    )
  withInstance(command).action(async (name: string, options: InstanceOptions) => {
    const instance = await findInstance(ctx, options)
    const answer = await instance.get(`/applications/${encodeURIComponent(name)}/syncs`)
    print(ctx, options.output, answer, () => {
      const text = historyText(historyAnswer.parse(answer), painter(ctx))
      return text === '' ? 'no sync yet' : text
    })
  })
}

const historyAnswer = syncsAnswer.extend({ shells: z.array(recordAnswer).default([]) })

/** Syncs and shells in pods, newest first. */
function historyText({ syncs, shells }: z.infer<typeof historyAnswer>, paint: Paint): string {
  const told = [
    ...syncs.map((sync, index) => ({
      at: sync.startedAt,
      text: syncText(sync, paint, syncs[index + 1]),
    })),
    ...shells.map((shell) => ({ at: shell.at, text: `${tellRecord(shell, paint).join('\n')}\n` })),
  ]
  return told
    .toSorted((a, b) => b.at.localeCompare(a.at))
    .map(({ text }) => text)
    .join('\n')
}

/** `before`: the sync before it, whose allowed differences need not be told again. */
export function syncText(sync: SyncAnswer, paint: Paint, before?: SyncAnswer): string {
  const commit = [sync.revision?.slice(0, 7), sync.author, quoted(sync.subject)]
    .filter((part) => part !== undefined)
    .join(' ')
  const lines = [
    `${sync.startedAt}  ${phaseText(sync.phase, paint)}  ${sync.trigger}  ${duration(sync)}`,
    `  ${safeText(commit)}`,
    `  ${safeText(sync.message)}`,
    ...tellFailure(sync.failure, paint).map((line) => `  ${line}`),
    ...sync.changes.map(({ ref, action, message }) => {
      const name = ref.namespace === '' ? ref.name : `${ref.namespace}/${ref.name}`
      const why = message === '' ? '' : `: ${message}`
      return `    ${safeText(`${action} ${ref.kind} ${name}${why}`)}`
    }),
    ...sync.drift.flatMap((drift) => tellDrift(drift, paint)).map((line) => `  ${line}`),
    ...allowedLines(sync, paint, before).map((line) => `  ${line}`),
    ...sync.warnings.map((warning) => `    ${paint('yellow', safeText(warning))}`),
  ]
  return `${lines.join('\n')}\n`
}

function allowedLines(
  { allowed }: SyncAnswer,
  paint: Paint,
  before: SyncAnswer | undefined,
): string[] {
  if (isSameAllowed(allowed, before?.allowed ?? [])) return []
  if (allowed.length === 0) return ['  nothing is different and left so any more']
  return ['  different, and left so:', ...tellAllowed(allowed, paint).map((line) => `  ${line}`)]
}

function quoted(subject: string | undefined): string | undefined {
  return subject === undefined ? undefined : `“${subject}”`
}

function phaseText(phase: string, paint: Paint): string {
  if (phase === 'Succeeded') return paint('green', phase)
  return paint(phase === 'Failed' ? 'red' : 'yellow', phase)
}

function duration({ startedAt, finishedAt }: SyncAnswer): string {
  if (finishedAt === undefined) return 'running'
  return `${((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000).toFixed(1)} s`
}
