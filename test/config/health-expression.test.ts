import { test } from 'tap'
import { compileExpression, FieldMissing } from '../../src/config/health-expression.ts'
import type { KubeObject } from '../../src/domain/kube-object.ts'

const certificate: KubeObject = {
  apiVersion: 'cert-manager.io/v1',
  kind: 'Certificate',
  metadata: { name: 'web', generation: 3, labels: { app: 'web' } },
  spec: { replicas: 2, share: 0.5, dnsNames: ['a.example', 'b.example'] },
  status: {
    phase: 'Issued',
    observedGeneration: 3,
    conditions: [
      { type: 'Issuing', status: 'False' },
      { type: 'Ready', status: 'True', reason: 'Issued' },
    ],
  },
}

function evaluate(text: string, object: KubeObject = certificate): unknown {
  const compiled = compileExpression(text)
  if (compiled.kind === 'invalid') throw new Error(compiled.reason)
  return compiled.evaluate(object)
}

test('a health expression', async (t) => {
  const holding = [
    'status.phase == "Issued"',
    'status.conditions.filter(e, e.type == "Ready").all(e, e.status == "True")',
    'status.conditions.exists(c, c.type == "Ready" && c.reason.startsWith("Iss"))',
    'status.observedGeneration == metadata.generation',
    'status.observedGeneration + 1 > spec.replicas * 2 - 1',
    'spec.share < 1.0 && spec.share < 1',
    'self.spec.replicas == spec.replicas && size(spec.dnsNames) == 2',
    'apiVersion == "cert-manager.io/v1" && kind == "Certificate"',
    'status.?notAfter.orValue("") == ""',
    '!has(status.notAfter)',
    'metadata.labels["app"] in ["web", "api"]',
    'status.phase.matches("^Is+ued$")',
    'status.nope == 1 || true',
    'status.conditions.exists(c, c.nope == 1 || c.type == "Ready")',
  ]
  for (const text of holding) {
    await t.test(`holds: ${text}`, async (t) => t.equal(evaluate(text), true))
  }

  await t.test('finds an empty status and spec where the object has none', async (t) => {
    const bare = { apiVersion: 'v1', kind: 'Thing', metadata: { name: 'x' } }

    t.equal(evaluate('has(status.phase) || has(spec.phase)', bare), false)
    t.equal(evaluate('has(self.status)', bare), false)
  })

  for (const text of ['status.nope', 'status.conditions[7].status == "True"', 'self.a.b.c == 1']) {
    await t.test(`tells a missing field apart: ${text}`, async (t) => {
      t.throws(() => evaluate(text), FieldMissing)
    })
  }

  for (const text of ['!status.phase', 'status.phase + 1 == 2', 'status.phase.matches("[")']) {
    await t.test(`fails in one line: ${text}`, async (t) => {
      t.throws(() => evaluate(text), { name: /^(Error|TypeFault)$/, message: /^[^\n]{5,200}$/ })
    })
  }

  for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
    await t.test(`reaches nothing of JavaScript by ${name}`, async (t) => {
      t.equal(evaluate(`has(status.${name})`), false)
      t.throws(() => evaluate(`status.${name} == 1`), FieldMissing)
    })
  }

  const invalid: readonly (readonly [string, RegExp])[] = [
    ['status.phase ==', /^not a CEL expression: Unexpected token: EOF at its end$/],
    ['', /^not a CEL expression: /],
    [
      'stauts.phase == "x"',
      /Unknown variable: stauts at character 1, it may use apiVersion, kind, metadata, spec, status and self$/,
    ],
    ['size(status.conditions)', /^gives int, write one that is true or false$/],
    ['"Ready"', /^gives string, /],
    ['1 + "a" == 2', /^not a CEL expression: /],
    ['status.phase.nope()', /^not a CEL expression: /],
    [`${'('.repeat(50)}true${')'.repeat(50)}`, /maxDepth/],
    [Array.from({ length: 400 }, () => 'true').join(' && '), /max/],
    ['!'.repeat(100_000), /^not a CEL expression: /],
  ]
  for (const [text, reason] of invalid) {
    await t.test(`is refused: ${text.slice(0, 30)}`, async (t) => {
      const compiled = compileExpression(text)

      t.equal(compiled.kind, 'invalid')
      t.match(compiled.kind === 'invalid' ? compiled.reason : '', reason)
      t.notMatch(compiled.kind === 'invalid' ? compiled.reason : '', /\n/)
    })
  }
})
