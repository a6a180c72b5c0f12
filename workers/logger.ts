import { type Logger, pino } from 'pino'
import type { Redact } from '../src/domain/redact.ts'

interface LoggerOptions {
  readonly level: string
  readonly redact: Redact
  readonly destination: { write(line: string): unknown }
}

/** One JSON object a line, redacted as a whole: no field and no stack passes by it. */
export function createLogger({ level, redact, destination }: LoggerOptions): Logger {
  return pino(
    { level, base: null },
    { write: (line: string) => void destination.write(redact(line)) },
  )
}
