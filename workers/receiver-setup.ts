import type { Application } from '../src/domain/application.ts'
import type { Clock } from '../src/domain/clock.ts'
import type { AccessToken, Config } from '../src/domain/settings.ts'
import { createForge } from '../src/forge/create-forge.ts'
import type { Forge } from '../src/forge/forge.ts'

/** All that a receiver's requests take from the configuration. */
export interface ReceiverSetup {
  readonly forges: ReadonlyMap<string, Forge>
  readonly applications: ReadonlyMap<string, Application>
  readonly tokens: readonly AccessToken[]
}

/** Throws CONFIG_INVALID for a webhook secret that could not protect its route. */
export function createReceiverSetup(config: Config, clock: Clock): ReceiverSetup {
  const { applications, server } = config
  const deps = { fetch, clock }
  const forges = new Map(
    Array.from(config.forges, ([key, settings]) => [key, createForge(settings, deps)]),
  )
  return { forges, applications, tokens: server.tokens }
}
