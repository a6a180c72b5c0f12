import type { ForgeSettings } from '../../domain/settings.ts'
import type { Forge } from '../forge.ts'
import type { ForgeDeps } from '../forge-deps.ts'
import { header, plainId } from '../header.ts'
import { readGiteaEvent } from './event.ts'
import { createGiteaStatus } from './status.ts'
import { createGiteaVerifier } from './verify.ts'

/** Gitea, and Forgejo, which sends the headers of Gitea and its own beside them. */
export function createGitea(settings: ForgeSettings, deps: ForgeDeps): Forge {
  const verifier = createGiteaVerifier(settings.webhookSecrets)
  return {
    key: settings.key,
    admits: verifier.admits,
    verifies: verifier.verifies,
    deliveryId: (headers) =>
      plainId(header(headers, 'x-gitea-delivery') ?? header(headers, 'x-forgejo-delivery')),
    event: readGiteaEvent,
    postStatus: createGiteaStatus(settings, deps),
  }
}
