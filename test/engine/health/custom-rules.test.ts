import fc from 'fast-check'
import { test } from 'tap'
import type { HealthRule } from '../../../src/domain/application.ts'
import type { KubeObject } from '../../../src/domain/kube-object.ts'
import { assessHealth } from '../../../src/engine/health/assess.ts'
import { createCustomRules } from '../../../src/engine/health/custom-rules.ts'
import { defaultHealthThresholds } from '../../../src/engine/health/thresholds.ts'
import {
  condition,
  type HealthCase,
  live,
  now,
  secondsAgo,
  testHealth,
} from '../../support/health-cases.ts'

const widget = (status: object | undefined, metadata: object = {}) =>
  live('example.com/v1', 'Widget', {
    metadata: { ...metadata },
    ...(status && { status: { ...status } }),
  })

function ruleOf(parts: Partial<HealthRule>) {
  const rule = createCustomRules([
    {
      group: 'example.com',
      kind: 'Widget',
      healthy: 'status.phase == "Done"',
      failed: undefined,
      progressing: undefined,
      ...parts,
    },
  ])({ group: 'example.com', kind: 'Widget' })
  if (rule === undefined) throw new Error('the rule is of this kind')
  return rule
}

const full = ruleOf({
  failed: 'status.phase == "Broken"',
  progressing: 'status.busy',
})
const withRule = (rule: ReturnType<typeof ruleOf>, item: HealthCase): HealthCase => ({
  ...item,
  context: { rule, ...item.context },
})

test('health by a rule of the configuration', async (t) => {
  await testHealth(t, [
    withRule(full, {
      title: 'is healthy where "healthy" holds',
      object: widget({ phase: 'Done', busy: false }),
      health: 'Healthy',
    }),
    withRule(full, {
      title: 'has failed where "failed" holds, and tells the condition that says why',
      object: widget({
        phase: 'Broken',
        busy: false,
        conditions: [
          condition('Accepted', 'True'),
          condition('Built', 'False', { reason: 'NoSpace', message: 'disk is full' }),
        ],
      }),
      health: 'Degraded',
      message:
        /^failed, by "failed" of the health rule for Widget.example.com: Built is False: NoSpace: disk is full$/,
    }),
    withRule(full, {
      title: 'is progressing where "progressing" holds, whatever the others say',
      object: widget({ phase: 'Broken', busy: true }),
      health: 'Progressing',
      message: /^not done, by "progressing" of .*: Broken$/,
    }),
    withRule(full, {
      title: 'is progressing where no expression holds',
      object: widget({ phase: 'Started', busy: false, message: '3 of 4' }),
      health: 'Progressing',
      message: /^not healthy yet, by "healthy" of .*: Started: 3 of 4$/,
    }),
    withRule(full, {
      title: 'does not hold where it reads a field that is not there: healthy all the same',
      object: widget({ phase: 'Done' }),
      health: 'Healthy',
    }),
    withRule(full, {
      title: 'is progressing without a status, and names the field that is missing',
      object: widget(undefined),
      health: 'Progressing',
      message: /"healthy" of the health rule for Widget.example.com \(No such key: phase\)$/,
    }),
    withRule(ruleOf({}), {
      title: 'overrules the condition Ready and the time without a status',
      object: widget({ phase: 'Done', conditions: [condition('Ready', 'False')] }),
      health: 'Healthy',
    }),
    withRule(ruleOf({}), {
      title: 'overrules Stalled and Reconciling',
      object: widget({
        phase: 'Done',
        conditions: [condition('Stalled', 'True'), condition('Reconciling', 'True')],
      }),
      health: 'Healthy',
    }),
    withRule(ruleOf({}), {
      title: 'is not asked about an older generation',
      object: widget({ phase: 'Done', observedGeneration: 1 }),
      health: 'Progressing',
      message: /has not seen generation 2/,
    }),
    withRule(ruleOf({}), {
      title: 'is not asked about what is being deleted',
      object: widget({ phase: 'Done' }, { deletionTimestamp: secondsAgo(1) }),
      health: 'Progressing',
    }),
    withRule(ruleOf({ healthy: 'status.phase + 1 == 2' }), {
      title: 'is unknown where the expression cannot be evaluated',
      object: widget({ phase: 'Done' }),
      health: 'Unknown',
      message: /^"healthy" of the health rule for Widget.example.com cannot be evaluated: no such/,
    }),
    withRule(ruleOf({ healthy: 'status.phase' }), {
      title: 'is unknown where the expression gives text',
      object: widget({ phase: 'Done' }),
      health: 'Unknown',
      message: /cannot be evaluated: it gives text, not true or false$/,
    }),
    withRule(ruleOf({ failed: 'status.phase + 1 == 2' }), {
      title: 'is unknown where "failed" cannot be evaluated, though "healthy" holds',
      object: widget({ phase: 'Done' }),
      health: 'Unknown',
      message: /^"failed" of/,
    }),
  ])

  await t.test('is for its group and kind alone', async (t) => {
    const rules = createCustomRules([
      { group: 'a.io', kind: 'X', healthy: 'true', failed: undefined, progressing: undefined },
    ])

    t.ok(rules({ group: 'a.io', kind: 'X' }))
    t.equal(rules({ group: 'b.io', kind: 'X' }), undefined)
    t.equal(rules({ group: 'a.io', kind: 'Y' }), undefined)
  })
})

test('a slow health expression', async (t) => {
  const slow: readonly (readonly [string, string, KubeObject])[] = [
    [
      'loops in loops',
      'status.l.all(a, status.l.all(b, status.l.all(c, a + b + c >= 0)))',
      widget({ l: Array.from({ length: 2_000 }, (_, index) => index) }),
    ],
    [
      'a regular expression that backtracks without end',
      'status.text.matches("^(a+)+$")',
      widget({ text: `${'a'.repeat(60)}b` }),
    ],
  ]
  for (const [title, healthy, object] of slow) {
    await t.test(`is cut off: ${title}`, async (t) => {
      const rule = ruleOf({ healthy })
      const started = performance.now()

      const found = rule(object)

      t.match(found, { health: 'Unknown', message: /: it took longer than 50 ms$/ })
      t.ok(performance.now() - started < 2_000, 'on the busiest machine too')
    })
  }

  await t.test('is not asked again after three times', async (t) => {
    const rule = ruleOf({ healthy: slow[0]?.[1] ?? '' })
    const big = slow[0]?.[2] ?? widget({})
    for (let count = 0; count < 3; count += 1) rule(big)
    const started = performance.now()

    for (let count = 0; count < 1_000; count += 1) rule(big)

    t.match(rule(widget({ l: [] })), { health: 'Unknown', message: /: it is too slow$/ })
    t.ok(performance.now() - started < 2_000, 'a thousand would take fifty seconds')
  })

  await t.test('leaves the next one as it was', async (t) => {
    const rule = ruleOf({ healthy: 'status.l.all(a, status.l.all(b, status.l.all(c, a >= 0)))' })

    t.equal(rule(slow[0]?.[2] ?? widget({})).health, 'Unknown')
    t.equal(rule(widget({ l: [1, 2, 3] })).health, 'Healthy')
    t.equal(full(widget({ phase: 'Done' })).health, 'Healthy')
  })
})

test('any expression over any object', async (t) => {
  const expression = fc.constantFrom(
    'status.a == status.b',
    'status.a.b.c',
    'status.a.all(x, x.b > 1)',
    'status.a + status.b == spec.a',
    'size(status.a) > 1',
    'status.a.matches(status.b)',
    'timestamp(status.a) < timestamp(status.b)',
    'int(status.a) / int(status.b) == 1',
    'status[status.a] == null',
    'status.a[0] || status.b',
    'duration(status.a) > duration("1s")',
    'string(status.a).contains(string(status.b))',
  )
  const value = fc.jsonValue({ maxDepth: 3 })

  await t.test('gives a health with a message and never throws', async (t) => {
    t.doesNotThrow(() =>
      fc.assert(
        fc.property(expression, value, value, value, (healthy, a, b, spec) => {
          const object = { ...widget({ a, b }), spec }
          const rule = ruleOf({ healthy })
          const found = assessHealth(object, { now, thresholds: defaultHealthThresholds, rule })
          return (found.health === 'Healthy') === (found.message === '')
        }),
        { numRuns: 300 },
      ),
    )
  })
})
