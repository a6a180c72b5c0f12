import type { Path } from './problem.ts'

/** What the checks that look across the file collect. */
export interface Findings {
  problem(path: Path, message: string): void
  warning(path: Path, message: string): void
  /** Absolute path of a file whose content counts, whether it is there or not. */
  dependsOn(file: string): void
}
