import { StageError } from '../domain/error.ts'
import type { ForgeSettings } from '../domain/settings.ts'
import type { Forge } from './forge.ts'
import type { ForgeDeps } from './forge-deps.ts'
import { createGitea } from './gitea/create-gitea.ts'
import { createGithub } from './github/create-github.ts'
import { createGitlab } from './gitlab/create-gitlab.ts'

const shortestSecret = 16

/** The forge of these settings. Throws CONFIG_INVALID for secrets that could not protect its route. */
export function createForge(settings: ForgeSettings, deps: ForgeDeps): Forge {
  refuseWeakSecrets(settings)
  return createOf(settings, deps)
}

/** What a worker needs of the forge: it takes no deliveries, and has no secret to verify them. */
export function createPoster(settings: ForgeSettings, deps: ForgeDeps): Pick<Forge, 'postStatus'> {
  return createOf(settings, deps)
}

function createOf(settings: ForgeSettings, deps: ForgeDeps): Forge {
  switch (settings.type) {
    case 'github':
      return createGithub(settings, deps)
    case 'gitlab':
      return createGitlab(settings, deps)
    case 'gitea':
      return createGitea(settings, deps)
  }
}

function refuseWeakSecrets({ key, webhookSecrets }: ForgeSettings): void {
  const weak = webhookSecrets.some((secret) => Buffer.byteLength(secret.reveal()) < shortestSecret)
  if (webhookSecrets.length === 0 || weak) {
    throw new StageError(
      'CONFIG_INVALID',
      `forge ${key}: every webhook secret needs at least ${shortestSecret} bytes; set forges.${key}.webhookSecret`,
    )
  }
}
