import { type Trigger, triggers } from './application.ts'
import type { Retry } from './error.ts'

const firstBackoffMs = 5_000
const longestBackoffMs = 180_000
/** A sync that asks for a moment this often in a row is given longer and longer ones. */
const promptRetries = 5

/** 0 is the strongest: how triggers are compared where only numbers can be. */
export function triggerRank(trigger: Trigger): number {
  return triggers.indexOf(trigger)
}

/** Somebody waits for it: it ends a backoff, forgives earlier failures and supersedes a wait. */
export function isUrgent(trigger: Trigger): boolean {
  return trigger === 'manual' || trigger === 'push' || trigger === 'pull-request'
}

/** Drift heals to the last applied revision; everything else asks the remote. */
export function fetches(trigger: Trigger): boolean {
  return trigger !== 'drift'
}

/** A push writes what changed in Git, and compares nothing else with the cluster. */
export function looksForDrift(trigger: Trigger): boolean {
  return trigger !== 'push' && trigger !== 'pull-request'
}

/** Milliseconds until a sync is tried again, after `attempts` retries before it. */
export function retryDelayMs(retry: Exclude<Retry, { kind: 'never' }>, attempts: number): number {
  if (retry.kind === 'backoff') return backoffMs(attempts)
  return attempts < promptRetries
    ? retry.ms
    : Math.max(retry.ms, backoffMs(attempts - promptRetries))
}

function backoffMs(attempts: number): number {
  return Math.min(firstBackoffMs * 2 ** Math.min(attempts, 30), longestBackoffMs)
}
