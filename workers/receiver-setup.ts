import type { Application } from '../src/domain/application.ts'
import type { Clock } from '../src/domain/clock.ts'
import type { Secret } from '../src/domain/secret.ts'
import type { AccessToken, Config, ForgeSettings } from '../src/domain/settings.ts'
import { createForge } from '../src/forge/create-forge.ts'
import type { Forge } from '../src/forge/forge.ts'
import type { ForgeDeps } from '../src/forge/forge-deps.ts'

/** All that a receiver's requests take from the configuration. */
export interface ReceiverSetup {
  readonly forges: ReadonlyMap<string, Forge>
  readonly applications: ReadonlyMap<string, Application>
  readonly tokens: readonly AccessToken[]
  /** Names of the clusters that have one. */
  readonly witnesses: readonly string[]
  /** By forge, each of its webhook secrets and what that one verifies alone. */
  readonly signers: ReadonlyMap<string, readonly Signer[]>
}

export interface Signer {
  readonly secret: Secret
  readonly verifies: Forge['verifies']
}

/** Throws CONFIG_INVALID for a webhook secret that could not protect its route. */
export function createReceiverSetup(config: Config, clock: Clock): ReceiverSetup {
  const { applications, server } = config
  const deps = { fetch, clock }
  const forges = new Map(
    Array.from(config.forges, ([key, settings]) => [key, createForge(settings, deps)]),
  )
  const signers = new Map(
    Array.from(config.forges, ([key, settings]) => [key, signersOf(settings, deps)]),
  )
  return {
    forges,
    applications,
    tokens: server.tokens,
    witnesses: Array.from(config.witnesses.keys()),
    signers,
  }
}

function signersOf(settings: ForgeSettings, deps: ForgeDeps): Signer[] {
  return settings.webhookSecrets.map((secret) => {
    const { verifies } = createForge({ ...settings, webhookSecrets: [secret] }, deps)
    return { secret, verifies }
  })
}
