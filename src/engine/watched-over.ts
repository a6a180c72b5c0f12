import { lookEveryMs } from '../domain/sweep.ts'
import type { Sighting } from '../domain/watch-note.ts'
import type { Run } from './sync-run.ts'
import { judgeSighting } from './verdict.ts'

/**
 * Whether the watcher knows all objects to be as they were applied, so that a sweep asks the
 * cluster nothing. Once in an hour it looks all the same.
 */
export function isWatchedOver(
  { application, request, inventory, memory }: Run,
  now: number,
): boolean {
  const { watched } = request
  if (watched === undefined || watched.inventory !== inventory.resourceVersion) return false
  const { lookedAt } = memory
  const isDue = lookedAt === undefined || Math.abs(now - lookedAt) >= lookEveryMs(application.name)
  if (isDue || isLeftUnhealed()) return false
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
