import { type ErrorCode, type ErrorSubject, StageError } from '../domain/error.ts'

/** One thing wrong in one place; `object` names it when it is known so far. */
export interface Problem {
  readonly code: Extract<ErrorCode, 'RENDER_INVALID' | 'RENDER_LIMIT' | 'RENDER_REFUSED'>
  readonly line: number
  readonly object?: string
  readonly message: string
}

export interface LocatedProblem extends Problem {
  readonly file: string
}

const maxSubjects = 50

/** All problems as one failure; a refusal outranks a limit, and that an invalid object. */
export function problemsError(problems: readonly LocatedProblem[]): StageError {
  const worst = rank.find((code) => problems.some((problem) => problem.code === code))
  const subjects = problems.slice(0, maxSubjects).map(subjectOf)
  const first = subjects[0]
  const rest = problems.length > 1 ? `; and ${problems.length - 1} more` : ''
  const text = first === undefined ? 'the render is invalid' : `${describe(first)}${rest}`
  return new StageError(worst ?? 'RENDER_INVALID', text, { subjects })
}

const rank = ['RENDER_REFUSED', 'RENDER_LIMIT', 'RENDER_INVALID'] as const

function subjectOf({ file, line, object, message }: LocatedProblem): ErrorSubject {
  return { file, line, message, ...(object === undefined ? {} : { object }) }
}

function describe({ file, line, object, message }: ErrorSubject): string {
  return `${file}:${line}: ${object === undefined ? '' : `${object}: `}${message}`
}
