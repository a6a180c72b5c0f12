import { inspect } from 'node:util'
import { test } from 'tap'
import { createSecret } from '../../src/domain/secret.ts'

const secret = createSecret('canary-value')

test('E5: a secret shows itself only when asked', async (t) => {
  const shown = {
    log: inspect({ secret }, { depth: 5, showHidden: true }),
    json: JSON.stringify({ secret }),
    template: `${secret.toString()} ${String(secret)}`,
    keys: JSON.stringify({ ...secret }),
  }

  for (const [how, text] of Object.entries(shown)) t.notMatch(text, 'canary', how)
  t.equal(shown.json, '{"secret":"[redacted]"}')
  t.equal(secret.reveal(), 'canary-value')
})

test('a secret cannot be changed', async (t) => {
  t.throws(() => Object.assign(secret, { toString: () => 'x' }), TypeError)
})
