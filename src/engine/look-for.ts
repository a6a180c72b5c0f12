import { lookEveryMs } from '../domain/sweep.ts'
import { looksForDrift } from '../domain/wanted.ts'
import type { Sighting } from '../domain/watch-note.ts'
import { hasStaleScale } from './stale-scale.ts'
import type { Run } from './sync-run.ts'
import { judgeSighting } from './verdict.ts'

/**
 * How the objects that Git did not change are looked at: not at all, by what their metadata tell,
 * or by a dry-run of each besides, which sees what leaves no trace in metadata.
 */
export type Look = 'none' | 'metadata' | 'thorough'

/**
 * A person who asks gets a thorough look, and so does each application once in an hour. What the
 * watcher knows to be as it was applied is not looked at between.
 */
export async function lookFor(run: Run, now: number): Promise<Look> {
  const { request, memory, application, target, journal } = run
  const { trigger, suspects } = request
  memory.askedAt ??= now
  if (!looksForDrift(trigger)) return 'none'
  const isDue = Math.abs(now - memory.askedAt) >= lookEveryMs(application.name)
  if (trigger === 'manual' || (trigger === 'sweep' && isDue)) return 'thorough'
  if (suspects !== undefined || !isWatchedOver(run)) return 'metadata'
  return (await hasStaleScale(target, journal.allowed)) ? 'metadata' : 'none'
}

/** Remembers a look at all objects. */
export function keepLook({ memory }: Pick<Run, 'memory'>, look: Look, now: number): void {
  if (look !== 'none') memory.hasLooked = true
  if (look === 'thorough') memory.askedAt = now
}

/** Whether the watcher knows all objects to be as they were applied, or judged to be right. */
function isWatchedOver({ request, inventory, memory }: Run): boolean {
  const { watched } = request
  if (watched === undefined || watched.inventory !== inventory.resourceVersion) return false
  if (!memory.hasLooked || isLeftUnhealed()) return false
  const applied = new Map(inventory.entries.map((entry) => [entry.uid, entry.resourceVersion]))
  return watched.suspects.every(isJudged)

  /** What was only reported is told again by a look. */
  function isLeftUnhealed(): boolean {
    return inventory.history[0]?.drift.some((drift) => !drift.healed) === true
  }

  function isJudged(seen: Sighting): boolean {
    const judgement = memory.judged.get(seen.uid)
    if (judgement === undefined || judgement.since !== applied.get(seen.uid)) return false
    return judgeSighting(seen, judgement) === 'clean'
  }
}
