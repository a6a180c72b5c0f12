import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { StartOptions } from '../src/cli/context.ts'
import type { LearningRedactor, Redact } from '../src/domain/redact.ts'
import type { Config } from '../src/domain/settings.ts'
import type { RedisGate } from './redis-gate.ts'
import type { ReloadPart } from './reload.ts'

/** What every role needs. */
export interface Parts {
  readonly config: Config
  readonly options: StartOptions
  readonly gate: RedisGate
  readonly registry: Registry
  readonly redact: Redact
  readonly learn: LearningRedactor['learn']
  readonly learnFleeting: LearningRedactor['learnFleeting']
  readonly logger: Logger
  readonly end: (reason: string) => void
}

/** A role that runs: how it takes another configuration, and how it ends. */
export interface RunningRole extends ReloadPart {
  close(): Promise<void>
}

/** A role that answers over HTTP. */
export interface ServingRole extends RunningRole {
  readonly url: string
}
