import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { test } from 'tap'
import { createRedactor } from '../../src/domain/redact.ts'
import { createSecret } from '../../src/domain/secret.ts'
import type { SyncRecord } from '../../src/domain/sync.ts'
import { syncPage } from '../../src/server/sync-page.ts'
import { aSyncRecord } from '../support/a-sync-record.ts'
import { startReceiver } from '../support/receiver.ts'

const ref = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'default', name: 'web' }

function everything(text: string): SyncRecord {
  return aSyncRecord({
    application: text,
    phase: 'Failed',
    message: text,
    author: text,
    subject: text,
    revision: text,
    warnings: [text],
    changes: [
      {
        ref: { ...ref, name: text },
        action: 'failed',
        message: text,
        origin: { file: text, line: 3 },
      },
    ],
    drift: [
      {
        ref: { ...ref, namespace: text },
        type: 'declared',
        fields: [{ path: text, desired: text, live: { [text]: text } }],
        offender: { manager: text, operation: 'Update', time: text },
        message: text,
        healed: true,
      },
    ],
    failure: {
      code: 'PLAN_REJECTED',
      stage: 'plan',
      text,
      subjects: [{ object: text, file: text, line: 3, message: text }],
    },
  })
}

test('the page tells a sync whole', async (t) => {
  const record = aSyncRecord({
    phase: 'Failed',
    message: 'dry-run: 1 of 3 objects was rejected',
    failure: {
      code: 'PLAN_REJECTED',
      stage: 'plan',
      text: '1 of 3 objects was rejected',
      subjects: [
        {
          object: 'Deployment default/web',
          file: 'apps/web/deployment.yaml',
          line: 12,
          message: 'spec.selector: field is immutable',
        },
      ],
    },
    changes: [{ ref, action: 'failed', message: 'rejected', origin: { file: 'a.yaml', line: 1 } }],
    drift: [
      {
        ref,
        type: 'declared',
        fields: [{ path: '/spec/replicas', desired: 3, live: 5 }],
        offender: { manager: 'kubectl', operation: 'Update', time: '2026-01-01T00:00:00Z' },
        message: 'spec.replicas',
        healed: true,
      },
    ],
    warnings: ['the path holds a symlink'],
  })
  const page = syncPage(record)

  for (const text of [
    '>task-agent <',
    'Failed at plan',
    'apps/web/deployment.yaml:12',
    'spec.selector: field is immutable',
    '<code>abc1234</code>',
    'scale to three',
    'Mona',
    '2026-01-01 00:00:01 UTC',
    '1.3 s (source 120 ms, apply 800 ms)',
    'kubectl at 2026-01-01T00:00:00Z',
    '<code>/spec/replicas</code> was <code>5</code>, Git says <code>3</code>',
    'the path holds a symlink',
  ]) {
    t.ok(page.replace(/ title="[^"]*"/, '').includes(text), text)
  }
})

test('the page of a running sync looks again, the page of an ended one does not', async (t) => {
  const running = aSyncRecord({ phase: 'Running', finishedAt: undefined, revision: undefined })

  t.match(syncPage(running), /<meta http-equiv="refresh" content="2">/)
  t.match(syncPage(running), /still running/)
  t.notMatch(syncPage(aSyncRecord()), /http-equiv="refresh"/)
})

test('A15: nothing of a record becomes markup', async (t) => {
  const plain = tags(syncPage(everything('text')))
  const attacks = [
    '"><img src=x onerror=alert(1)>',
    '<script>alert(1)</script>',
    '</style><script>alert(1)</script>',
    "' onmouseover='alert(1)",
    'javascript:alert(1)',
    '<!--',
    '&lt;script&gt;',
  ]
  for (const attack of attacks) t.same(tags(syncPage(everything(attack))), plain, attack)

  const property = fc.property(fc.string({ unit: 'binary' }), (text) => {
    return tags(syncPage(everything(text))).length === plain.length
  })
  t.doesNotThrow(() => fc.assert(property))
})

test('A15: the page may load its own style and nothing else', async (t) => {
  const record = aSyncRecord()
  const { app } = startReceiver(t, { syncs: [record] })

  const response = await app.inject(`/syncs/${record.id}`)

  const policy = String(response.headers['content-security-policy'])
  const style = /<style>([^]*)<\/style>/.exec(response.body)?.[1] ?? ''
  const hash = createHash('sha256').update(style).digest('base64')
  t.match(policy, /^default-src 'none'; /)
  t.ok(policy.includes(`style-src 'sha256-${hash}'`))
  t.notMatch(policy, /unsafe|script-src|\*/)
  t.notMatch(response.body, /<script|<a |<img|<link|<form|style="/)
  t.equal(response.headers['content-type'], 'text/html; charset=utf-8')
  t.equal(response.headers['x-content-type-options'], 'nosniff')
  t.equal(response.headers['referrer-policy'], 'no-referrer')
  t.equal(response.headers['cache-control'], 'no-store')
})

test('the same address answers JSON to whom asks for it', async (t) => {
  const record = aSyncRecord()
  const { app } = startReceiver(t, { syncs: [record] })

  const response = await app.inject({
    url: `/syncs/${record.id}`,
    headers: { accept: 'application/json' },
  })

  t.equal(response.headers['content-type'], 'application/json; charset=utf-8')
  t.same(response.json(), JSON.parse(JSON.stringify(record)))
})

test('what is no id, or of no sync, is 404', async (t) => {
  const { app } = startReceiver(t, { syncs: [aSyncRecord()] })
  const ids = ['0'.repeat(32), 'x', '..%2f..%2fetc', `${'0'.repeat(32)}%00`, 'A'.repeat(32)]

  for (const id of ids) {
    const response = await app.inject(`/syncs/${id}`)
    t.equal(response.statusCode, 404, id)
    t.match(response.json(), { code: 'NOT_FOUND' })
  }
})

test('A16: page and JSON are redacted', async (t) => {
  const canary = 'canary-secret-of-the-test'
  const record = { ...everything(`token ${canary} refused`), application: 'task-agent' }
  const redact = createRedactor([createSecret(canary)])
  const { app } = startReceiver(t, { syncs: [record], redact })

  for (const accept of ['text/html', 'application/json']) {
    const response = await app.inject({ url: `/syncs/${record.id}`, headers: { accept } })
    t.equal(response.statusCode, 200)
    t.notMatch(response.body, new RegExp(canary))
    t.match(response.body, /\[redacted\]/)
  }
})

/** Names of all tags, in order, with their attributes' names. */
function tags(page: string): string[] {
  const found = page.matchAll(/<\/?([a-z!]\w*)((?:\s+[\w-]+(?:="[^"]*")?)*)\s*>/gi)
  return Array.from(found, ([, name, attributes = '']) => {
    return `${name} ${attributes.replace(/="[^"]*"/g, '')}`
  })
}
