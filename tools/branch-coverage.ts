import { globSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { z } from 'zod'

export const coverageSummary = '.tap/report/coverage-summary.json'

const aim = 95
const summary = z.record(
  z.string(),
  z.object({ branches: z.object({ total: z.number(), covered: z.number() }) }),
)

/**
 * Branch coverage of the pure decisions: src/domain, and every file of src/engine that waits for
 * nothing. The rest is proven by tests against a real cluster and is not measured.
 */
export function branchCoverage(): string {
  const measured = readSummary()
  const files = globSync(['src/domain/**/*.ts', 'src/engine/**/*.ts']).filter(isDecision).sort()
  const rows = files.map((path) => ({ path, ...(measured.get(path) ?? { total: 1, covered: 0 }) }))
  const total = sum(rows.map((row) => row.total))
  const covered = sum(rows.map((row) => row.covered))
  const percent = total === 0 ? 0 : Math.floor((covered * 1000) / total) / 10
  const low = rows.filter((row) => row.covered * 100 < row.total * aim)
  const details = low.map((row) => `  ${row.path} ${row.covered}/${row.total}\n`).join('')
  return `decisions (src/domain, pure files of src/engine): ${percent} % of ${total} branches covered, ${aim} % wanted\n${percent < aim ? details : ''}`
}

function readSummary(): Map<string, { total: number; covered: number }> {
  const text = readFileSync(coverageSummary, 'utf8')
  const rows = Object.entries(summary.parse(JSON.parse(text)))
  return new Map(rows.map(([path, { branches }]) => [relative('.', path), branches]))
}

/** A file that only declares types has nothing to cover. */
function isDecision(path: string): boolean {
  const text = readFileSync(path, 'utf8')
  if (!/^(export )?(function|const|class) /m.test(text)) return false
  return path.startsWith('src/domain/') || !/\b(await|async|Promise|setTimeout)\b/.test(text)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
