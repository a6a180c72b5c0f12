import { test } from 'tap'
import { StageError } from '../../src/domain/error.ts'
import { redactError } from '../../src/domain/redact-error.ts'

const redact = (text: string) => text.replaceAll('s3cret', '[redacted]')

test('a failure that is told', async (t) => {
  await t.test('says no secret, neither itself nor of its objects or its cause', async (t) => {
    const cause = new Error('the server says s3cret')
    const subjects = [{ object: 'ConfigMap shop/a', file: 'a.yaml', line: 1, message: 's3cret' }]
    const retry = { kind: 'after', ms: 5 } as const

    const told = redactError(
      new StageError('OBJECT_INVALID', 'no: s3cret', { cause, subjects, retry }),
      redact,
    )

    t.match(told, { code: 'OBJECT_INVALID', text: 'no: [redacted]', stage: 'apply', retry })
    t.match(told.subjects, [{ file: 'a.yaml', line: 1, message: '[redacted]' }])
    t.equal(told.message, 'OBJECT_INVALID: no: [redacted]')
    t.equal(told.cause, undefined)
  })

  await t.test('is one of the table, whatever it was', async (t) => {
    t.match(redactError(new Error('s3cret'), redact), { code: 'INTERNAL', text: '[redacted]' })
  })
})
