import type { ForgeSettings } from '../../domain/settings.ts'
import type { Forge } from '../forge.ts'
import type { ForgeDeps } from '../forge-deps.ts'
import { header, plainId } from '../header.ts'
import { readGitlabEvent } from './event.ts'
import { createGitlabStatus } from './status.ts'
import { createGitlabVerifier } from './verify.ts'

export function createGitlab(settings: ForgeSettings, deps: ForgeDeps): Forge {
  const verifier = createGitlabVerifier(settings, deps.clock)
  return {
    key: settings.key,
    admits: verifier.admits,
    verifies: verifier.verifies,
    // X-Gitlab-Webhook-UUID is new on each attempt, X-Gitlab-Event-UUID names a recursion: neither is the delivery.
    deliveryId: (headers) =>
      plainId(header(headers, 'idempotency-key') ?? header(headers, 'webhook-id')),
    event: readGitlabEvent,
    postStatus: createGitlabStatus(settings, deps),
  }
}
