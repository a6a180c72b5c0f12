import type { Row } from './benchmark.ts'

/** Rows as a Markdown table that is also aligned for a terminal. */
export function tableOf(rows: readonly Row[]): string {
  const columns = Object.keys(rows[0] ?? {})
  const cells = [columns, ...rows.map((row) => columns.map((column) => cellOf(row[column])))]
  const widths = columns.map((_, at) => Math.max(...cells.map((line) => line[at]?.length ?? 0)))
  const lines = cells.map((line) => lineOf(line, widths))
  const rule = lineOf(
    widths.map((width) => '-'.repeat(width)),
    widths,
  )
  return [lines[0], rule, ...lines.slice(1)].join('\n')
}

function lineOf(cells: readonly string[], widths: readonly number[]): string {
  return `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`
}

function cellOf(value: string | number | undefined): string {
  if (typeof value !== 'number') return value ?? ''
  if (!Number.isFinite(value)) return '–'
  const digits = Number.isInteger(value) || value >= 100 ? 0 : value >= 10 ? 1 : 2
  return value.toFixed(digits)
}
