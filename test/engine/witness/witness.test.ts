import { test } from 'tap'
import type { WitnessRecord } from '../../../src/domain/witness-record.ts'
import { sealOf } from '../../../src/engine/seal.ts'
import type { Standing } from '../../../src/engine/witness/hand-edit.ts'
import { createManagedObjects } from '../../../src/engine/witness/managed-objects.ts'
import { createWitness } from '../../../src/engine/witness/witness.ts'
import { aRequest } from '../../support/admission-requests.ts'
import { anApplication } from '../../support/an-application.ts'
import { holdTime } from '../../support/held-time.ts'
import {
  aDeployment,
  entryOf,
  fields,
  inventoryOf,
  managed,
  ownedBy,
} from '../../support/objects.ts'

const ours = fields('f:spec f:replicas')
const before = managed(aDeployment({ spec: { replicas: 3 } }), [ownedBy('landfall', ours)])
const after = managed(aDeployment({ spec: { replicas: 5 } }), [ownedBy('kubectl-edit', ours)])
const byHand = aRequest({ before, after, manager: 'kubectl-edit' })
const never = () => new Promise<never>(() => {})

interface Options {
  readonly standingOf?: () => Promise<Standing>
  readonly add?: (record: WitnessRecord) => Promise<void>
  /** Whether anybody can say as whom Landfall writes. */
  readonly isTold?: boolean
}

function rig({ standingOf, add, isTold = true }: Options = {}) {
  const { handEdits, ...rest } = anApplication()
  const application = { ...rest, handEdits: { ...handEdits, policy: 'deny' as const } }
  const objects = createManagedObjects({ find: async () => undefined })
  objects.replace([application])
  const entry = entryOf(before, { seal: sealOf(before) ?? '' })
  objects.set(application.name, { ...inventoryOf([]), entries: [entry] })
  const time = holdTime(0)
  const records: WitnessRecord[] = []
  const witness = createWitness({
    ...time,
    cluster: 'prod',
    client: { get: async () => undefined },
    objects,
    users: { known: () => new Set(['landfall']), look: async () => isTold },
    standingOf: standingOf ?? (async () => ({ paused: undefined, declared: undefined })),
    linkTo: () => undefined,
    records: {
      add: add ?? (async (record) => void records.push(record)),
      drop: async () => {},
      touch: async () => {},
      isNewShell: async () => true,
    },
    wake: () => {},
    mask: (_ref, _path, value) => value,
    onTrouble: () => {},
  })
  return { witness, records, time }
}

test('a witness', async (t) => {
  await t.test('refuses a hand, and records that', async (t) => {
    const { witness, records } = rig()
    t.match(await witness.review('objects', byHand), { allowed: false })
    t.match(records, [{ outcome: 'denied', isDrift: true }])
  })

  await t.test('passes what is Landfall’s own, a dry-run, and what is nobody’s', async (t) => {
    const { witness, records } = rig()
    for (const request of [
      aRequest({ before, after, manager: 'landfall', user: 'landfall' }),
      aRequest({ before, after, manager: 'kubectl-edit', dryRun: true }),
      { ...byHand, name: 'other' },
    ]) {
      t.match(await witness.review('objects', request), { allowed: true, warnings: [] })
    }
    t.strictSame(records, [])
  })

  const disguised = [
    aRequest({ before, after, manager: 'landfall', user: 'another' }),
    aRequest({ before, operation: 'DELETE', guard: 'u1', user: 'another' }),
  ]

  await t.test('refuses nothing that looks like Landfall while nobody says who is', async (t) => {
    for (const request of disguised) {
      const { witness, records } = rig({ isTold: false })
      t.match(await witness.review('objects', request), { allowed: true, warnings: [/managed by/] })
      t.match(records, [{ user: 'another', isDrift: true }])
    }
  })

  await t.test('refuses who only looks like Landfall', async (t) => {
    for (const request of disguised) {
      const { witness, records } = rig()
      t.match(await witness.review('objects', request), { allowed: false })
      t.match(records, [{ user: 'another', outcome: 'denied' }])
    }
  })

  await t.test('refuses nothing while nobody says whether it is paused', async (t) => {
    const { witness, time } = rig({ standingOf: never })
    const answer = witness.review('objects', byHand)
    await time.pass(200)
    t.match(await answer, { allowed: true })
  })

  await t.test('answers in time though nothing can be written down', async (t) => {
    const { witness, time } = rig({ add: never })
    const answer = witness.review('objects', byHand)
    await time.pass(100)
    t.match(await answer, { allowed: false })
  })

  await t.test('lets go what fails inside of it', async (t) => {
    const { witness } = rig()
    const broken = { ...byHand, object: { metadata: null } } as never
    t.match(await witness.review('objects', broken), { allowed: true })
  })

  await t.test('leaves what a chart makes otherwise each time to the cluster', async (t) => {
    const origin = { file: 'x.yaml', line: 1 }
    const { witness, records } = rig({
      standingOf: async () => ({
        paused: undefined,
        declared: { origin, unstable: ['/spec/replicas'] },
      }),
    })
    t.match(await witness.review('objects', byHand), { allowed: true, warnings: [] })
    t.match(records, [{ isDrift: false, outcome: 'allowed' }])
  })
})
