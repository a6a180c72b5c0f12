import fc from 'fast-check'
import { test } from 'tap'
import { statusOf } from '../../src/cluster/status.ts'
import { describeCause, describeMessage, maskSecretText } from '../../src/cluster/status-text.ts'

// Long enough not to occur in the server's own words.
const value = fc.string({ minLength: 8 }).map((text) => `§${text}§`)

const shapes: ((value: string) => string)[] = [
  (v) => `Invalid value: ${JSON.stringify(v)}: no good`,
  (v) => `Invalid value: ${v}`,
  (v) => `Unsupported value: ${v}: supported values: "a"`,
  (v) => `Duplicate value: ${v}`,
  (v) => `.data.k: expected string, got &value.valueUnstructured{Value:${v}}`,
  (v) => `.data: expected map, got ${v}`,
  (v) => `json: cannot unmarshal ${v}`,
  (v) => `something "${v}"`,
]

test('E5: no value gets through the mask, wherever the server quotes it', async (t) => {
  fc.assert(
    fc.property(value, fc.constantFrom(...shapes), (secret, shape) => {
      const message = shape(secret)
      const told = [
        maskSecretText(message),
        describeCause({ field: 'data[k]', message, reason: '' }, true),
        describeMessage(statusOf({ message: `Secret "db" is invalid: ${message}` }), true),
      ]
      return told.every((text) => !text.includes(secret) && !text.includes('§'))
    }),
  )
  t.pass()
})

test('a text that quotes nothing stays whole', async (t) => {
  t.equal(
    maskSecretText('error decoding from json: illegal base64 data at input byte 6'),
    'error decoding from json: illegal base64 data at input byte 6',
  )
})

test('a text that begins with a quotation is gone', async (t) => {
  t.equal(maskSecretText('"abc" is bad'), '[redacted]')
})

test('the quoted value of any other kind is dropped, whatever it holds', async (t) => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string().map((text) => JSON.stringify(text)),
        fc.json(),
        fc.integer().map(String),
      ),
      (quoted) =>
        describeCause(
          { field: 'f', message: `Invalid value: ${quoted}: too bad`, reason: '' },
          false,
        ) === 'f: too bad',
    ),
  )
  t.pass()
})
