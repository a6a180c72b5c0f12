import { test } from 'tap'
import { secondAppliers } from '../support/appliers.ts'
import type { AuditEvent } from '../support/audit-trail.ts'
import { canary, findSecrets } from '../support/canary.ts'
import type { PostedStatus } from '../support/fake-forge.ts'
import { followGenerations } from '../support/generations.ts'
import { unfinished } from '../support/invariants.ts'
import { createRandom } from '../support/random.ts'
import { rise } from '../support/slope.ts'

const web = { application: 'web', isDeleted: false }

test('I2: an object that goes back is found', async (t) => {
  const generations = followGenerations(2)
  generations.see({ ...web, name: 'web-c0', generation: 1 })
  generations.see({ ...web, name: 'web-c1', generation: 1 })
  generations.see({ ...web, name: 'web-c0', generation: 2 })
  generations.see({ ...web, name: 'web-c0', generation: 1 })
  t.strictSame(generations.breaches(), [], 'until all have reached it')

  generations.see({ ...web, name: 'web-c0', generation: 2 })
  generations.see({ ...web, name: 'web-c1', generation: 2 })
  generations.see({ ...web, name: 'web-c1', generation: 1 })
  generations.see({ ...web, name: 'web-c0', generation: 2, isDeleted: true })

  t.strictSame(generations.breaches(), [
    'web-c1 went back to 1 when all had reached 2',
    'web-c0 was deleted',
  ])
})

interface Written {
  readonly name: string
  readonly by: string
  readonly received: number
  readonly answered?: number
  readonly code?: number
}

function anEvent({ name, by, received, answered = received, code = 200 }: Written): AuditEvent {
  return {
    verb: 'patch',
    requestURI: `/${name}`,
    stage: 'ResponseComplete',
    requestReceivedTimestamp: `2026-01-01T00:00:${received}Z`,
    stageTimestamp: `2026-01-01T00:00:${answered}Z`,
    userAgent: by,
    user: { username: 'landfall' },
    objectRef: { name },
    responseStatus: { code },
  }
}

test('I3: a second applier is found', async (t) => {
  const begun = [
    { name: 'landfall-web', by: 'a', received: 10 },
    { name: 'web-c0', by: 'a', received: 11 },
    { name: 'landfall-web', by: 'b', received: 12 },
    { name: 'web-c0', by: 'b', received: 13 },
    { name: 'landfall-web', by: 'b', received: 20 },
  ]
  const applierAfter = (...events: readonly Written[]) =>
    secondAppliers([...begun, ...events].map(anEvent), ['web'])

  t.strictSame(applierAfter(), [])
  t.strictSame(applierAfter({ name: 'web-c1', by: 'a', received: 11, answered: 21 }), [])
  t.strictSame(applierAfter({ name: 'web-c1', by: 'a', received: 21, code: 409 }), [])
  t.strictSame(applierAfter({ name: 'web-c1', by: 'a', received: 14, answered: 21 }), [
    'patch web-c1 by a while b held the fence',
  ])
})

test('I4: a commit that stays pending is found', async (t) => {
  const posted = (sha: string, state: string): PostedStatus => ({
    repo: 'acme/deploy',
    sha,
    state,
    context: 'landfall/web',
    description: '',
    targetUrl: undefined,
    ref: undefined,
  })

  const statuses = [posted('1', 'pending'), posted('2', 'pending'), posted('1', 'success')]
  t.strictSame(unfinished(statuses), ['2 landfall/web is pending'])
})

test('I5: a secret is found, as it is and inside of base64', async (t) => {
  const secrets = { token: canary('token') }
  const wrapped = Buffer.from(`x-token:${secrets.token}!`).toString('base64')

  t.strictSame(findSecrets(secrets, { log: 'all is well' }), [])
  t.strictSame(findSecrets(secrets, { log: `is ${secrets.token}`, status: wrapped }), [
    'token is in log',
    'token is in status',
  ])
})

test('the same seed gives the same numbers', async (t) => {
  const told: string[] = []
  const comment = (text: string) => void told.push(text)
  const first = createRandom({ comment })
  process.env['FAULT_SEED'] = String(first.seed)
  t.teardown(() => delete process.env['FAULT_SEED'])
  const again = createRandom({ comment })
  const drawn = (random: typeof first) => Array.from({ length: 20 }, () => random.integer(1_000))

  t.strictSame(drawn(first), drawn(again))
  t.strictSame(told, [`FAULT_SEED=${first.seed}`, `FAULT_SEED=${first.seed}`])
  t.ok(['a', 'b'].includes(first.pick(['a', 'b'])))
})

test('R27: a leak is found, noise is not', async (t) => {
  const samples = (valueAt: (minute: number) => number) =>
    Array.from({ length: 20 }, (_, minute) => ({ minute, value: valueAt(minute) }))

  t.equal(Math.round(rise(samples((minute) => 100 + 2 * minute))), 38)
  t.ok(Math.abs(rise(samples((minute) => 100 + (minute % 2) * 10))) < 5)
  t.equal(rise([]), 0)
})
