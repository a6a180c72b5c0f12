import type { Command } from 'commander'
import { configOption, withOutput } from './instance-option.ts'
import type { OutputFormat } from './output.ts'

/** Of a command that shows what it would do to objects, and does it with `--yes`. */
export interface ConfirmedOptions {
  readonly config: string
  readonly yes?: boolean
  readonly output: OutputFormat
}

export const confirmedExit = { done: 0, failed: 1, asks: 3 } as const

export function withConfirmation(command: Command): Command {
  return withOutput(command.option('-y, --yes', 'do it').addOption(configOption()))
}
