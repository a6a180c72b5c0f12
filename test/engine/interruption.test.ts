import { test } from 'tap'
import { StageError } from '../../src/domain/error.ts'
import { applyWrites } from '../../src/engine/apply-writes.ts'
import { healFindings } from '../../src/engine/heal.ts'
import { pruneObjects } from '../../src/engine/prune-objects.ts'
import type { Rollout } from '../../src/engine/rollout.ts'
import { aRefusingTarget } from '../support/a-target.ts'
import { aConfigMap, desiredOf, entryOf } from '../support/objects.ts'

const lost = AbortSignal.abort(new StageError('SYNC_INTERRUPTED', 'its lock is lost'))
const noRollout: Rollout = {
  msLeft: () => 0,
  isOutdated: () => false,
  awaitHealth: () => Promise.reject(new Error('nothing waits')),
}
const desired = desiredOf(aConfigMap('a'))

test('R2: a sync that lost its place asks for nothing more', async (t) => {
  await t.test('no write', async (t) => {
    const { target, asked } = aRefusingTarget(lost)
    const write = {
      desired,
      reason: 'new',
      entry: undefined,
      live: undefined,
      predicted: undefined,
    } as const

    const input = { writes: [write], desired: [desired], standing: new Map(), rollout: noRollout }

    await t.rejects(applyWrites(target, input), { code: 'SYNC_INTERRUPTED' })
    t.same(asked, [])
  })

  await t.test('no heal', async (t) => {
    const { target, asked } = aRefusingTarget(lost)
    const finding = { desired, live: undefined, heal: 'apply', drift: undefined } as const

    const healed = await healFindings(target, [finding], new Map())

    t.match(healed, [{ live: undefined, error: { code: 'SYNC_INTERRUPTED' } }])
    t.same(asked, [])
  })

  await t.test('no deletion', async (t) => {
    const { target, asked } = aRefusingTarget(lost)

    await t.rejects(
      pruneObjects(target, [entryOf(desired.object)], {
        reason: 'no longer in Git',
        written: new Set(),
      }),
      {
        code: 'SYNC_INTERRUPTED',
      },
    )
    t.same(asked, [])
  })
})
