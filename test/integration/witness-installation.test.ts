import { X509Certificate } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import type { WitnessSettings } from '../../src/domain/settings.ts'
import { makeCertificates } from '../../src/engine/witness/credentials.ts'
import {
  type InstallationDeps,
  installWitness,
  keepWitness,
  lookAtWitness,
  uninstallWitness,
} from '../../src/engine/witness/installation.ts'
import { anApplication } from '../support/an-application.ts'
import { testCluster } from '../support/test-cluster.ts'
import { takeTurn } from '../support/witness-turn.ts'

const dayMs = 86_400_000
const url = 'https://127.0.0.1:9443'
const settings: WitnessSettings = {
  cluster: 'test',
  host: '127.0.0.1',
  port: 9443,
  endpoint: { kind: 'url', url },
  tls: undefined,
}

test('the installation of a witness on a real API server', async (t) => {
  await takeTurn(t)
  const { cluster } = await testCluster(t)
  const deps = (overrides: Partial<InstallationDeps> = {}): InstallationDeps => ({
    client: cluster.own,
    namespace: 'landfall-system',
    settings,
    applications: [anApplication()],
    users: ['admin'],
    now: Date.now(),
    ...overrides,
  })
  const served = async (overrides: Partial<InstallationDeps> = {}) => {
    const kept = await keepWitness(deps(overrides))
    if (kept === undefined) throw new Error('nothing is installed')
    return new X509Certificate(kept.credentials.serving.cert)
  }
  t.teardown(() => uninstallWitness(deps()))

  await t.test('is not there before it is made, and kept by nobody', async (t) => {
    t.equal(await lookAtWitness(deps()), undefined)
    t.equal(await keepWitness(deps()), undefined)
  })

  await t.test('made twice it is the same', async (t) => {
    await installWitness(deps())
    const first = await keepWitness(deps())
    await installWitness(deps())

    t.strictSame(await keepWitness(deps()), first)
    t.match(await lookAtWitness(deps()), { fault: undefined })
  })

  await t.test('is kept without a write while nothing changes', async (t) => {
    const writes: string[] = []
    const client: InstallationDeps['client'] = {
      get: (ref) => cluster.own.get(ref),
      apply(object) {
        writes.push(object.kind)
        return cluster.own.apply(object)
      },
      remove: (...args) => cluster.own.remove(...args),
    }
    await keepWitness(deps({ client }))
    t.strictSame(writes, [])
    await keepWitness(deps({ client, users: ['admin', 'other'] }))
    t.strictSame(writes, ['ValidatingWebhookConfiguration'])
    await keepWitness(deps({ client }))
  })

  await t.test('is wrong where it asks about less than the applications have', async (t) => {
    const { allow } = anApplication()
    const more = { allow: { ...allow, namespaces: [...allow.namespaces, 'extra'] } }
    const found = await lookAtWitness(deps({ applications: [anApplication(more)] }))

    t.match(found, { fault: 'the API server does not ask about namespace extra' })
  })

  await t.test('gets a new certificate a month before the old one ends', async (t) => {
    const before = await served()
    const after = await served({ now: Date.now() + 61 * dayMs })

    t.not(after.fingerprint256, before.fingerprint256)
    t.equal(after.issuer, before.issuer)
  })

  await t.test('gets a new CA a year before the old one ends, trusted first', async (t) => {
    const late = Date.now() + 3_300 * dayMs
    const before = await served({ now: late - 100 * dayMs })
    const announced = await served({ now: late })
    t.equal(announced.issuer, before.issuer)
    const after = await served({ now: late })
    t.not(after.issuer, before.issuer)
    t.match(await lookAtWitness(deps()), { fault: undefined })
  })

  await t.test('of two who renew at once one is first, and both go on', async (t) => {
    const later = { now: Date.now() + 3_400 * dayMs }
    const both = await Promise.allSettled([keepWitness(deps(later)), keepWitness(deps(later))])
    t.ok(both.some(({ status }) => status === 'fulfilled'))
    t.equal((await served(later)).fingerprint256, (await served(later)).fingerprint256)
  })

  await t.test('takes the certificate of the operator, and keeps no key of it', async (t) => {
    const { bundle, serving } = await makeCertificates('127.0.0.1', Date.now())
    const dir = t.testdir({})
    const tls = {
      cert: join(dir, 'a.crt'),
      key: join(dir, 'a.key'),
      ca: join(dir, 'ca.crt'),
    }
    await Promise.all([
      writeFile(tls.cert, serving.cert),
      writeFile(tls.key, serving.key),
      writeFile(tls.ca, bundle),
    ])
    await uninstallWitness(deps())
    const own = { settings: { ...settings, tls } }
    await installWitness(deps(own))

    t.equal((await served(own)).fingerprint256, new X509Certificate(serving.cert).fingerprint256)
    const secret = await cluster.own.get({
      group: '',
      version: 'v1',
      kind: 'Secret',
      namespace: 'landfall-system',
      name: 'landfall-witness-tls',
    })
    t.match(secret?.['data'], { 'tls.key': '', 'ca-signer.key': '' })
    await t.rejects(
      installWitness(deps({ settings: { ...settings, tls: { ...tls, key: 'none' } } })),
      {
        code: 'CONFIG_INVALID',
        text: /none of the witness cannot be read/,
      },
    )
  })

  await t.test('is taken back whole', async (t) => {
    t.equal(await uninstallWitness(deps()), true)
    t.equal(await uninstallWitness(deps()), false)
    t.equal(await lookAtWitness(deps()), undefined)
  })
})
