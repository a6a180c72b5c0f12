import type { ForgeSettings } from '../../domain/settings.ts'
import type { Forge } from '../forge.ts'
import type { ForgeDeps } from '../forge-deps.ts'
import { header, plainId } from '../header.ts'
import { readGithubEvent } from './event.ts'
import { createGithubStatus } from './status.ts'
import { createGithubVerifier } from './verify.ts'

export function createGithub(settings: ForgeSettings, deps: ForgeDeps): Forge {
  const verifier = createGithubVerifier(settings.webhookSecrets)
  return {
    key: settings.key,
    admits: verifier.admits,
    verifies: verifier.verifies,
    deliveryId: (headers) => plainId(header(headers, 'x-github-delivery')),
    event: readGithubEvent,
    postStatus: createGithubStatus(settings, deps),
  }
}
