import { test } from 'tap'
import type { Change } from '../../src/domain/change.ts'
import { StageError } from '../../src/domain/error.ts'
import { refOf } from '../../src/domain/kube-object.ts'
import { createRedactor, type Redact } from '../../src/domain/redact.ts'
import { parseCommitSha } from '../../src/domain/revision.ts'
import { createSecret } from '../../src/domain/secret.ts'
import { createJournal } from '../../src/engine/sync-journal.ts'
import { aConfigMap } from '../support/objects.ts'

/** A clock that moves when it is told to. */
function heldClock() {
  let time = Date.UTC(2026, 0, 1)
  return { now: () => time, pass: (ms: number) => (time += ms) }
}

function aJournal(clock = heldClock(), redact: Redact = (text) => text) {
  return createJournal({ id: 'x', application: 'web', trigger: 'push', clock, redact })
}

function aChange(action: Change['action']): Change {
  return { ref: refOf(aConfigMap()), action, message: '', origin: undefined }
}

test('the journal of a sync', async (t) => {
  await t.test('tells a sync that has just begun', async (t) => {
    t.strictSame(aJournal().record('Running', 'syncing'), {
      id: 'x',
      application: 'web',
      trigger: 'push',
      phase: 'Running',
      message: 'syncing',
      revision: undefined,
      author: undefined,
      subject: undefined,
      committedAt: undefined,
      startedAt: '2026-01-01T00:00:00.000Z',
      finishedAt: undefined,
      stages: {},
      counts: {},
      changes: [],
      drift: [],
      allowed: [],
      health: 'Unknown',
      failure: undefined,
      warnings: [],
    })
  })

  await t.test('tells when a sync ended, and its commit', async (t) => {
    const clock = heldClock()
    const journal = aJournal(clock)
    const sha = parseCommitSha('a'.repeat(40))
    if (sha === undefined) throw new Error('40 digits are a commit id')
    const told = { author: 'Ada', subject: 'one', committedAt: '2025-12-31T00:00:00Z' }
    journal.revision = { sha, rootTree: 'b'.repeat(40), allowsPrune: false, ...told }
    clock.pass(1_500)

    t.match(journal.record('Succeeded', 'done'), {
      revision: sha,
      ...told,
      finishedAt: '2026-01-01T00:00:01.500Z',
    })
  })

  await t.test('E6: masks a configured secret, also in a commit message', async (t) => {
    const journal = aJournal(heldClock(), createRedactor([createSecret('hunter2hunter2')]))
    const sha = parseCommitSha('a'.repeat(40))
    if (sha === undefined) throw new Error('40 digits are a commit id')
    const told = { author: 'Mona', subject: 'use hunter2hunter2', committedAt: '' }
    journal.revision = { sha, rootTree: 'b'.repeat(40), allowsPrune: false, ...told }
    journal.warnings.push('hunter2hunter2 is refused')

    const record = journal.record('Succeeded', 'with hunter2hunter2')

    t.match(record, {
      subject: 'use [redacted]',
      message: 'with [redacted]',
      warnings: ['[redacted] is refused'],
    })
  })

  await t.test('adds up what a stage took, also when it failed', async (t) => {
    const clock = heldClock()
    const journal = aJournal(clock)
    const taking = (ms: number) => async () => clock.pass(ms)

    await journal.time('apply', taking(100))
    await journal.time('source', taking(20))
    const failed = journal.time('apply', async () => {
      clock.pass(5)
      throw new Error('no')
    })

    await t.rejects(failed, { message: 'no' })
    t.strictSame(journal.record('Failed', '').stages, { apply: 105, source: 20 })
  })

  await t.test('gives what the stage gave', async (t) => {
    t.equal(await aJournal().time('render', async () => 'rendered'), 'rendered')
  })

  await t.test('counts every change and lists those that are some', async (t) => {
    const journal = aJournal()
    journal.changes = [aChange('created'), aChange('unchanged'), aChange('unchanged')]

    const { counts, changes } = journal.record('Succeeded', '')

    t.strictSame(counts, { created: 1, unchanged: 2 })
    t.strictSame(changes, [aChange('created')])
  })

  await t.test('tells a failure without its cause', async (t) => {
    const subjects = [{ message: 'no' }]
    const failure = new StageError('RENDER_FAILED', 'why', { cause: new Error('x'), subjects })

    t.strictSame(aJournal().record('Failed', '', failure).failure, {
      code: 'RENDER_FAILED',
      stage: 'render',
      text: 'why',
      subjects,
    })
  })

  await t.test('gives records that later entries do not change', async (t) => {
    const journal = aJournal()
    const record = journal.record('Running', '')

    journal.warnings.push('late')
    await journal.time('apply', async () => undefined)

    t.strictSame(record.warnings, [])
    t.strictSame(record.stages, {})
    t.strictSame(journal.record('Running', '').warnings, ['late'])
  })
})
