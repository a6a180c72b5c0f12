import { test } from 'tap'
import { StageError } from '../../src/domain/error.ts'
import { applyWrites } from '../../src/engine/apply-writes.ts'
import { healFindings } from '../../src/engine/heal.ts'
import { pruneObjects } from '../../src/engine/prune-objects.ts'
import { aRefusingTarget } from '../support/a-target.ts'
import { aConfigMap, desiredOf, entryOf } from '../support/objects.ts'

const lost = AbortSignal.abort(new StageError('SYNC_INTERRUPTED', 'its lock is lost'))
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

    await t.rejects(applyWrites(target, [write]), { code: 'SYNC_INTERRUPTED' })
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

    await t.rejects(pruneObjects(target, [entryOf(desired.object)], new Set()), {
      code: 'SYNC_INTERRUPTED',
    })
    t.same(asked, [])
  })
})
