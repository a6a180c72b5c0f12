import { test } from 'tap'
import { asStageError, errorTable, StageError } from '../../src/domain/error.ts'

test('a stage error', async (t) => {
  await t.test('has the stage and the retry of its code', async (t) => {
    const error = new StageError('SOURCE_TIMEOUT', 'github.com did not answer')

    t.equal(error.stage, 'source')
    t.strictSame(error.retry, { kind: 'backoff' })
    t.strictSame(error.subjects, [])
  })

  await t.test('begins its message with the code and keeps the sentence apart', async (t) => {
    const error = new StageError('SOURCE_TIMEOUT', 'github.com did not answer')

    t.equal(error.message, 'SOURCE_TIMEOUT: github.com did not answer')
    t.equal(error.text, 'github.com did not answer')
    t.equal(error.name, 'StageError')
  })

  await t.test('carries its cause, its subjects and a retry of its own', async (t) => {
    const cause = new Error('ETIMEDOUT')
    const subjects = [{ object: 'Service shop/web', message: 'refused' }]
    const retry = { kind: 'after', ms: 3_000 } as const

    const error = new StageError('CLUSTER_THROTTLED', 'wait', { cause, subjects, retry })

    t.equal(error.cause, cause)
    t.equal(error.subjects, subjects)
    t.equal(error.retry, retry)
  })

  await t.test('is made of every code of the table', async (t) => {
    const codes = Object.keys(errorTable) as (keyof typeof errorTable)[]
    for (const code of codes) {
      const error = new StageError(code, 'why')
      t.match(error, { code, message: `${code}: why`, ...errorTable[code] })
    }
  })
})

test('anything thrown becomes a stage error', async (t) => {
  await t.test('one that is one already passes through', async (t) => {
    const error = new StageError('OBJECT_INVALID', 'no')

    t.equal(asStageError(error), error)
  })

  await t.test('an error of another kind is INTERNAL, with itself as the cause', async (t) => {
    const cause = new TypeError('x is not a function')

    t.match(asStageError(cause), { code: 'INTERNAL', text: 'x is not a function', cause })
  })

  await t.test('what is no error is INTERNAL, told as text', async (t) => {
    t.match(asStageError('broken'), { code: 'INTERNAL', text: 'broken', cause: 'broken' })
    t.match(asStageError(undefined), { code: 'INTERNAL', text: 'undefined' })
  })
})
