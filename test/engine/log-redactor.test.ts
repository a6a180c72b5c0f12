import { test } from 'tap'
import { type KubeObject, refOf } from '../../src/domain/kube-object.ts'
import { createLogRedactor } from '../../src/engine/log-redactor.ts'

const base64 = (text: string) => Buffer.from(text).toString('base64')
const desired = (object: KubeObject) => ({
  ref: refOf(object),
  object,
  origin: { file: 'a.yaml', line: 1 },
  hash: 'h',
})
const declared = (kind: string, data: unknown, apiVersion = 'v1') =>
  desired({ apiVersion, kind, metadata: { name: 'db', namespace: 'shop' }, data })

test('E5: values of the Secrets of a commit are masked in the logs of its pods', async (t) => {
  const redact = createLogRedactor([
    declared('ConfigMap', { colour: 'turquoise' }),
    declared('Secret', { word: base64('correct horse'), 'ca.crt': base64('x'.repeat(5_000)) }),
    declared('Secret', { word: base64('somebody else') }, 'example.com/v1'),
    declared('Secret', ['of the wrong type']),
    declared('Secret', { word: 7 }),
  ])

  t.equal(redact('login as correct horse failed'), 'login as [redacted] failed')
  t.match(redact(`login as ${base64('correct horse')}`), /^login as \[redacted\].{0,4}$/)
  t.equal(redact('turquoise, somebody else'), 'turquoise, somebody else')
})
