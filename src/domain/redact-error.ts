import { asStageError, StageError } from './error.ts'
import type { Redact } from './redact.ts'
import { redactStrings } from './redact-strings.ts'

/** The same failure with every text redacted, and without its cause, which may say the same in clear. */
export function redactError(error: unknown, redact: Redact): StageError {
  const { code, text, retry, subjects, service } = asStageError(error)
  return new StageError(code, redact(text), {
    retry,
    service,
    subjects: redactStrings(subjects, redact),
  })
}
