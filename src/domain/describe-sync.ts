import type { Action } from './change.ts'
import type { SyncRecord } from './sync.ts'

type Told = Pick<SyncRecord, 'phase' | 'counts' | 'drift' | 'health' | 'failure' | 'stages'>

const words: readonly [Action, string][] = [
  ['created', 'created'],
  ['configured', 'configured'],
  ['deleted', 'pruned'],
  ['skipped', 'skipped'],
  ['failed', 'failed'],
]

/**
 * What a sync did, in one line for a commit status: "4 configured, 1 pruned, healthy in 1.3 s", or
 * why it failed.
 */
export function describeSync(record: Told): string {
  if (record.failure !== undefined) return record.failure.text
  const done = words.flatMap(([action, word]) => {
    const count = record.counts[action] ?? 0
    return count === 0 ? [] : [`${count} ${word}`]
  })
  const healed = record.drift.filter((item) => item.healed).length
  const drifted = record.drift.length - healed
  if (healed > 0) done.push(`${healed} drifted and healed`)
  if (drifted > 0) done.push(`${drifted} drifted`)
  if (done.length === 0) done.push('nothing to change')
  return `${done.join(', ')}${healthText(record)}`
}

function healthText({ phase, health, stages }: Told): string {
  if (phase === 'Running' || health === 'Unknown') return ''
  const ms = Object.values(stages).reduce((sum, stage) => sum + stage, 0)
  return health === 'Healthy'
    ? `, healthy in ${(ms / 1000).toFixed(1)} s`
    : `, ${health.toLowerCase()}`
}
