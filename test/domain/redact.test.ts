import fc from 'fast-check'
import { test } from 'tap'
import { createLearningRedactor, createRedactor } from '../../src/domain/redact.ts'
import { createSecret } from '../../src/domain/secret.ts'

const canary = 'c4n4ry+/token?&"x'

function redacting(...values: string[]) {
  return createRedactor(values.map(createSecret))
}

test('redacting a text', async (t) => {
  await t.test('E6: a token is masked in every form it travels in', async (t) => {
    const redact = redacting(canary)
    const forms = [
      canary,
      encodeURIComponent(canary),
      JSON.stringify(canary),
      Buffer.from(canary).toString('base64'),
      Buffer.from(canary).toString('base64url'),
      Buffer.from(`x-access-token:${canary}`).toString('base64'),
      Buffer.from(`ab:${canary}:more`).toString('base64url'),
    ]
    for (const form of forms) {
      const redacted = redact(`failed: ${form}, try again`)
      t.match(redacted, '[redacted]', form)
      t.notMatch(redacted, form.slice(4, -4), form)
    }
  })

  await t.test(
    'E6: user, password and query of a URL are masked though nobody knows them',
    async (t) => {
      const redact = redacting()

      t.equal(
        redact('cloning https://ada:pw@github.com/acme/deploy failed'),
        'cloning https://[redacted]@github.com/acme/deploy failed',
      )
      t.equal(redact('redis://:pw@localhost:6379'), 'redis://[redacted]@localhost:6379')
      t.equal(
        redact('moved to https://blob.example/x?sig=abc&se=1.'),
        'moved to https://blob.example/x?[redacted]',
      )
      t.equal(redact('ssh://git:pw@github.com/x'), 'ssh://[redacted]@github.com/x')
      t.equal(redact('https://token@host/x.git'), 'https://[redacted]@host/x.git')
      t.equal(redact('"https://host/x?t=1"'), '"https://host/x?[redacted]"')
    },
  )

  await t.test('the user git of an ssh URL names no one and stays', async (t) => {
    t.equal(redacting()('ssh://git@github.com/acme/x'), 'ssh://git@github.com/acme/x')
  })

  await t.test('each line of a key is masked, and its frame is not', async (t) => {
    const key = '-----BEGIN KEY-----\nAAAAlineone\r\nBBBBlinetwo\n-----END KEY-----'
    const redact = redacting(key)

    t.equal(redact('read AAAAlineone only'), 'read [redacted] only')
    t.equal(redact('read BBBBlinetwo only'), 'read [redacted] only')
    t.equal(redact('-----BEGIN KEY-----'), '-----BEGIN KEY-----')
    t.equal(redact(`it was ${key}!`), 'it was [redacted]!')
  })

  await t.test('a secret shorter than six characters blots out no word', async (t) => {
    t.equal(redacting('apply')('apply failed'), 'apply failed')
  })

  await t.test('a URL without them, and a question, stay', async (t) => {
    t.equal(redacting()('https://host/x.git'), 'https://host/x.git')
    t.equal(redacting()('is it so? yes'), 'is it so? yes')
  })

  await t.test('a long hostile text takes no long time', async (t) => {
    const redact = redacting(canary)
    const startedAt = performance.now()

    redact('https://'.repeat(50_000))
    redact(`https://${'a'.repeat(400_000)}`)
    redact('https://a?'.repeat(40_000))

    t.ok(performance.now() - startedAt < 2_000)
  })

  await t.test('of two secrets, the longer one is masked whole', async (t) => {
    t.equal(redacting('secret', 'secret-two')('a secret-two b'), 'a [redacted] b')
  })

  await t.test('no secret passes, whatever it is and stands in', async (t) => {
    const value = fc.string({ minLength: 6, unit: 'grapheme' })
    const property = fc.property(value, fc.string(), fc.string(), (secret, before, after) => {
      const redacted = redacting(secret)(`${before}${secret}${after}`)
      return '[redacted]'.includes(secret) || !redacted.includes(secret)
    })

    t.doesNotThrow(() => fc.assert(property, { numRuns: 300 }))
  })

  await t.test('no secret passes as base64, whatever it is and stands in', async (t) => {
    const value = fc.string({ minLength: 6, unit: 'grapheme' })
    const property = fc.property(value, fc.string(), fc.string(), (secret, before, after) => {
      const coded = Buffer.from(`${before}${secret}${after}`).toString('base64')
      return redacting(secret)(coded).includes('[redacted]')
    })

    t.doesNotThrow(() => fc.assert(property, { numRuns: 300 }))
  })
})

test('a redactor that learns masks what it was told later, and what it was told once', async (t) => {
  const { redact, learn } = createLearningRedactor()
  learn([createSecret('first-secret')])
  learn([createSecret('second-secret')])

  t.equal(redact('first-secret and second-secret'), '[redacted] and [redacted]')
})
