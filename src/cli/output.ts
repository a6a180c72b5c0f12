import { stripVTControlCharacters, styleText } from 'node:util'
import { stringify } from 'yaml'
import { StageError } from '../domain/error.ts'
import type { CliContext } from './context.ts'

export const outputFormats = ['table', 'json', 'yaml'] as const
export type OutputFormat = (typeof outputFormats)[number]

/** Prints `value` as asked for; `table` makes the text for people. */
export function print(
  ctx: Pick<CliContext, 'stdout'>,
  format: OutputFormat,
  value: unknown,
  table: () => string,
): void {
  const text =
    format === 'json'
      ? `${JSON.stringify(value, null, 2)}\n`
      : format === 'yaml'
        ? stringify(value)
        : table()
  ctx.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
}

/** Columns as wide as their widest cell, two spaces between them. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows) {
    for (const [index, cell] of row.entries()) {
      widths[index] = Math.max(widths[index] ?? 0, plain(cell).length)
    }
  }
  const lines = rows.map((row) =>
    row
      .map((cell, index) => cell + ' '.repeat((widths[index] ?? 0) - plain(cell).length))
      .join('  '),
  )
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`
}

export type Paint = (
  style: 'red' | 'green' | 'yellow' | 'cyan' | 'dim' | 'bold',
  text: string,
) => string

/** Colours only where a person looks on: a terminal, and no NO_COLOR. */
export function painter(ctx: Pick<CliContext, 'stdout' | 'env'>): Paint {
  const noColor = ctx.env['NO_COLOR']
  const isWanted = ctx.stdout.isTTY === true && (noColor === undefined || noColor === '')
  return (style, text) => (isWanted ? styleText(style, text, { validateStream: false }) : text)
}

/**
 * Text of a repository or a cluster on one safe line: without control characters, a commit subject
 * cannot move the cursor of the terminal it is shown on.
 */
export function safeText(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ')
}

function plain(cell: string): string {
  return stripVTControlCharacters(cell)
}

/** One line first, what it is about below. */
export function printError(ctx: Pick<CliContext, 'stderr'>, error: unknown): void {
  if (!(error instanceof StageError)) {
    ctx.stderr.write(`landfall: ${error instanceof Error ? error.message : String(error)}\n`)
    return
  }
  ctx.stderr.write(`landfall: ${safeText(error.text)} (${error.code})\n`)
  for (const { object, file, line, message } of error.subjects) {
    const place = file === undefined ? '' : `${file}${line === undefined ? '' : `:${line}`}: `
    ctx.stderr.write(
      `  ${safeText(`${place}${object === undefined ? '' : `${object}: `}${message}`)}\n`,
    )
  }
}
