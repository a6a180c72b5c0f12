import { test } from 'tap'
import { tellAllowed } from '../../src/cli/allowed-lines.ts'
import { syncAnswer } from '../../src/cli/answers.ts'
import { syncText } from '../../src/cli/history.ts'
import type { Paint } from '../../src/cli/output.ts'
import { aSyncRecord } from '../support/a-sync-record.ts'

const plain: Paint = (_style, text) => text
const ref = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'web' }
const owner = { manager: 'hpa', operation: 'Update', time: undefined } as const
const scaled = {
  ref,
  path: '/spec/replicas',
  reason: 'scaled',
  owner,
  desired: 3,
  live: 7,
} as const

test('allowed differences for people', async (t) => {
  await t.test('say what is, what Git has, why, and whose it is', async (t) => {
    const added = { ref, path: '/metadata/labels/a', reason: 'controller', owner, live: 'x' }
    const kept = { ref, path: '/spec/paused', reason: 'ignored', owner: null, live: true }

    t.strictSame(tellAllowed([scaled, added, kept], plain), [
      '  Deployment shop/web',
      '    /spec/replicas: 7, in Git 3 (scaled, owned by hpa)',
      '    /metadata/labels/a: "x" (not in Git, owned by hpa)',
      '    /spec/paused: true (ignored by a rule)',
    ])
  })

  await t.test('stand in the history where they changed', async (t) => {
    const sync = (allowed: readonly (typeof scaled)[], live = 7) => {
      const record = aSyncRecord({ allowed: allowed.map((one) => ({ ...one, live })) })
      return syncAnswer.parse(JSON.parse(JSON.stringify(record)))
    }

    t.match(syncText(sync([scaled]), plain, sync([])), /different, and left so:[^]*in Git 3/)
    t.notMatch(syncText(sync([scaled], 9), plain, sync([scaled])), 'left so')
    t.match(syncText(sync([]), plain, sync([scaled])), 'nothing is different and left so any more')
    t.notMatch(syncText(sync([]), plain), 'left so')
  })
})
