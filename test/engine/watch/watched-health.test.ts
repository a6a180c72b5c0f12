import { test } from 'tap'
import type { HealthRule } from '../../../src/domain/application.ts'
import { defaultHealthThresholds } from '../../../src/engine/health/thresholds.ts'
import { createWatchedHealth } from '../../../src/engine/watch/watched-health.ts'
import { anApplication } from '../../support/an-application.ts'
import { condition, live, now, secondsAgo } from '../../support/health-cases.ts'

const ruleFor = (kind: string, group = ''): HealthRule => ({
  group,
  kind,
  healthy: 'status.phase == "Up"',
  failed: 'status.phase == "Down"',
  progressing: undefined,
})

const ruled = anApplication({
  name: 'ruled',
  health: [ruleFor('Service'), ruleFor('Widget', 'example.com'), ruleFor('Secret')],
})
const plain = anApplication({ name: 'plain' })
const patient = anApplication({
  name: 'patient',
  sync: { ...plain.sync, failAfter: { replicaFailureMs: 600_000 } },
})

test('the health of what is watched', async (t) => {
  const health = createWatchedHealth([ruled, plain, patient], {
    clock: { now: () => now },
    thresholds: defaultHealthThresholds,
  })

  await t.test('follows the rules of the application that an object is of', async (t) => {
    const service = live('v1', 'Service', { status: { phase: 'Down' } })
    const widget = live('example.com/v1', 'Widget', { status: { phase: 'Down' } })

    t.equal(health.assess(service, ruled), 'Degraded')
    t.equal(health.assess(widget, ruled), 'Degraded')
    t.equal(health.assess(service, plain), undefined)
    t.equal(health.assess(widget, plain), 'Healthy')
  })

  await t.test('needs whole objects of kinds that some application has a rule for', async (t) => {
    t.ok(health.isFollowed({ group: '', kind: 'Service' }))
    t.ok(health.isFollowed({ group: 'apps', kind: 'Deployment' }))
    t.notOk(health.isFollowed({ group: '', kind: 'ServiceAccount' }))
  })

  await t.test('needs the content of no Secret, whatever the rules say', async (t) => {
    t.notOk(health.isFollowed({ group: '', kind: 'Secret' }))
    t.equal(health.assess(live('v1', 'Secret', { status: { phase: 'Down' } }), ruled), undefined)
  })

  await t.test('is as patient as the application', async (t) => {
    const refused = live('apps/v1', 'Deployment', {
      spec: { replicas: 1 },
      status: {
        observedGeneration: 2,
        conditions: [condition('ReplicaFailure', 'True', { lastTransitionTime: secondsAgo(60) })],
      },
    })

    t.equal(health.assess(refused, plain), 'Degraded')
    t.equal(health.assess(refused, patient), 'Progressing')
  })
})
