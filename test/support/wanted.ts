import type { SyncRequest } from '../../src/domain/sync-request.ts'

type Wanted = SyncRequest['wantedAgain']

/** Of a sync in whose time nothing drifts. */
export function urgentOnly(urgent: AbortSignal): Wanted {
  return (what) => (what === 'urgent' ? urgent : new AbortController().signal)
}

/** Of a sync in whose time something drifts once. */
export function driftOnce(drift: AbortSignal): Wanted {
  let isAsked = false
  return (what) => {
    if (what === 'urgent' || (isAsked && drift.aborted)) return new AbortController().signal
    isAsked = true
    return drift
  }
}
