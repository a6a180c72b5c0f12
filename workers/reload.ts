import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { LoadedConfig } from '../src/config/load-config.ts'
import { formatProblem, type Problem } from '../src/config/problem.ts'
import { compareConfigs } from '../src/domain/config-change.ts'
import { asStageError } from '../src/domain/error.ts'
import type { Config } from '../src/domain/settings.ts'
import { createReloadCounter } from './metrics.ts'

interface ReloadDeps {
  readonly running: Config
  /** In this order; only the last one may hold what must be given back. */
  readonly parts: readonly ReloadPart[]
  /** Hears of the applications that are declared otherwise now. */
  readonly wake: (applications: readonly string[]) => Promise<void>
  readonly registry: Registry
  readonly logger: Logger
}

/** One part of an instance that works by the configuration. */
export interface ReloadPart {
  /** Makes ready for it and changes nothing; what it gives puts it in force, and cannot fail. */
  prepare(config: Config): Promise<() => void>
}

/** Puts a configuration in force whole, or leaves everything as it is and says why. Never rejects. */
export function createReload(deps: ReloadDeps): (loaded: LoadedConfig) => Promise<void> {
  const { logger } = deps
  const count = createReloadCounter(deps.registry)
  let running = deps.running

  const refuse = (problems: readonly string[]) => {
    count('refused')
    logger.error({ problems }, 'configuration not reloaded; the one before stays in force')
  }

  const adopt = async (config: Config, warnings: readonly Problem[]) => {
    const inForce: (() => void)[] = []
    for (const part of deps.parts) inForce.push(await part.prepare(config))
    for (const apply of inForce) apply()
    const change = compareConfigs(running, config)
    running = config
    count('applied')
    logger.info({ ...change, warnings: warnings.map(formatProblem) }, 'configuration reloaded')
    try {
      await deps.wake(change.changed)
    } catch (error) {
      logger.warn({ err: error }, 'changed applications are synced by their next sweep only')
    }
  }

  return async (loaded) => {
    if (loaded.kind === 'invalid') {
      refuse(loaded.problems.map(formatProblem))
      return
    }
    try {
      await adopt(loaded.config, loaded.warnings)
    } catch (error) {
      refuse([asStageError(error).text])
    }
  }
}
