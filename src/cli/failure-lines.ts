import type { SyncAnswer } from './answers.ts'
import { type Paint, safeText } from './output.ts'

/** A line for each object that failed, and where Git declares it. */
export function tellFailure(failure: SyncAnswer['failure'], paint: Paint): string[] {
  return (failure?.subjects ?? []).map(({ file, line, object, message }) => {
    const place = file === undefined ? '' : `${file}:${line ?? 1}: `
    return `  ${paint('red', safeText(`${place}${object ?? ''}: ${message}`))}`
  })
}
