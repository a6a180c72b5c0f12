import { test } from 'tap'
import type { ApplicationStatus } from '../../src/domain/application-status.ts'
import { viewApplication } from '../../src/domain/application-view.ts'

const status: ApplicationStatus = {
  name: 'web',
  syncStatus: 'Synced',
  health: 'Healthy',
  revision: 'a'.repeat(40),
  phase: 'Succeeded',
  message: '1 configured',
  failure: undefined,
  objects: [],
  drift: [],
  warnings: [],
  syncId: '0'.repeat(32),
  observedAt: '2026-01-01T00:00:00Z',
}

test('viewing an application', async (t) => {
  await t.test('one that was not synced yet is unknown and says so', async (t) => {
    const view = viewApplication('web', {
      status: undefined,
      paused: undefined,
      retryAt: undefined,
      touched: [],
    })

    t.strictSame(view, {
      name: 'web',
      syncStatus: 'Unknown',
      health: 'Unknown',
      revision: undefined,
      phase: undefined,
      message: 'no sync yet',
      failure: undefined,
      objects: [],
      drift: [],
      allowed: [],
      warnings: [],
      syncId: undefined,
      observedAt: undefined,
      paused: undefined,
      retryAt: undefined,
    })
  })

  await t.test('one that was synced is as its last sync left it', async (t) => {
    const paused = { by: 'ada', at: '2026-01-01T00:00:00Z' }

    t.strictSame(
      viewApplication('web', { status, paused, retryAt: 1_767_225_600_000, touched: [] }),
      {
        ...status,
        allowed: [],
        paused,
        retryAt: '2026-01-01T00:00:00.000Z',
      },
    )
  })

  await t.test('a retry at the epoch is a retry', async (t) => {
    const { retryAt } = viewApplication('web', {
      status,
      paused: undefined,
      retryAt: 0,
      touched: [],
    })

    t.equal(retryAt, '1970-01-01T00:00:00.000Z')
  })
})
