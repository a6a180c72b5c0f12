import { test } from 'tap'
import { parseDuration } from '../../../src/config/duration.ts'
import { landfallJsonSchema } from '../../../src/config/json-schema.ts'
import { defaultHealthThresholds } from '../../../src/engine/health/thresholds.ts'

interface Node {
  readonly properties?: Readonly<Record<string, Node>>
  readonly additionalProperties?: Node
  readonly default?: string | number
}

test('sync.failAfter documents the thresholds that hold when it is left out', async (t) => {
  const root = landfallJsonSchema() as Node
  const sync = root.properties?.['applications']?.additionalProperties?.properties?.['sync']
  const keys = sync?.properties?.['failAfter']?.properties ?? {}
  const ms = (key: string) => parseDuration(String(keys[key]?.default))

  t.equal(ms('imagePull'), defaultHealthThresholds.imagePullMs)
  t.equal(ms('unschedulable'), defaultHealthThresholds.unschedulableMs)
  t.equal(ms('podsRefused'), defaultHealthThresholds.replicaFailureMs)
  t.equal(keys['crashes']?.default, defaultHealthThresholds.crashLoopRestarts)
})
