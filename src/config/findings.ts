import type { Path } from './problem.ts'

/** What the checks that look across the file collect. */
export interface Findings {
  problem(path: Path, message: string): void
  warning(path: Path, message: string): void
}
