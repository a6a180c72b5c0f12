import type { SyncRequest } from '../../src/domain/sync-request.ts'

/** A push's first sync that nothing ends and nobody wants again. */
export function aSyncRequest(overrides: Partial<SyncRequest> = {}): SyncRequest {
  return {
    id: '0'.repeat(32),
    trigger: 'push',
    fetch: true,
    failedRevision: undefined,
    heldBack: undefined,
    isResumed: false,
    attempts: 0,
    expectedSha: undefined,
    suspects: undefined,
    watched: undefined,
    signal: new AbortController().signal,
    beforeRequest: () => {},
    wantedAgain: () => new AbortController().signal,
    drifted: async () => undefined,
    told: async () => undefined,
    onProgress: async () => undefined,
    ...overrides,
  }
}
