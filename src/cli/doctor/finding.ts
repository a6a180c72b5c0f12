import type { Clock } from '../../domain/clock.ts'
import { asStageError } from '../../domain/error.ts'
import type { Role } from '../../domain/role.ts'
import type { Config } from '../../domain/settings.ts'
import type { CliContext, RenderTools } from '../context.ts'

/** One thing that was looked at. */
export interface Finding {
  /** What it is about, such as `git` or `cluster prod`. */
  readonly about: string
  readonly level: 'ok' | 'warning' | 'problem'
  readonly message: string
  /** What to do about it; undefined where nothing is to be done. */
  readonly mend?: string
}

/** What is looked at, and with what. */
export interface Patient {
  readonly config: Config
  readonly env: CliContext['env']
  readonly tools: RenderTools
  readonly fetch: typeof fetch
  readonly clock: Clock
  /** Whose needs are looked at; undefined: those of all. */
  readonly role: Role | undefined
  readonly signal: AbortSignal
}

/** Looks at one thing and changes nothing. What it throws is a problem. */
export interface Check {
  readonly name: string
  /** Who needs it; left out: all. */
  readonly roles?: readonly Role[]
  look(patient: Patient): Promise<readonly Finding[]>
}

export function ok(about: string, message: string): Finding {
  return { about, level: 'ok', message }
}

export function warning(about: string, message: string, mend: string): Finding {
  return { about, level: 'warning', message, mend }
}

export function problem(about: string, message: string, mend: string): Finding {
  return { about, level: 'problem', message, mend }
}

/** What could not be looked at, in the words of the failure, which say what to do. */
export function failed(about: string, error: unknown): Finding {
  return { about, level: 'problem', message: asStageError(error).text }
}
