import { X509Certificate } from 'node:crypto'
import { test } from 'tap'
import { covers, validCertificates } from '../../../src/engine/witness/certificates.ts'
import {
  credentialsSecret,
  makeCertificates,
  readCredentials,
  renewCertificates,
} from '../../../src/engine/witness/credentials.ts'

const now = Date.parse('2026-01-01T00:00:00Z')
const dayMs = 86_400_000
const host = 'landfall-witness.landfall-system.svc'

const isTrusted = () => true
const signerOf = (pem: string) => new X509Certificate(pem)

test('the certificates of a witness', async (t) => {
  const first = await makeCertificates(host, now)

  await t.test('are signed by a CA of its own, for the name that is asked', async (t) => {
    const served = new X509Certificate(first.serving.cert)

    t.ok(served.checkIssued(signerOf(first.authority.cert)))
    t.ok(served.verify(signerOf(first.authority.cert).publicKey))
    t.ok(covers(served, host))
    t.notOk(covers(served, 'example.com'))
    t.equal(first.bundle, first.authority.cert)
  })

  await t.test('are good for addresses, too', async (t) => {
    for (const address of ['127.0.0.1', '::1']) {
      const { serving } = await makeCertificates(address, now)
      t.ok(covers(new X509Certificate(serving.cert), address), address)
    }
  })

  await t.test('stay while they last', async (t) => {
    t.equal(await renewCertificates(first, { host, now: now + 59 * dayMs, isTrusted }), first)
  })

  await t.test('are renewed a month before they end, by the same CA', async (t) => {
    const next = await renewCertificates(first, { host, now: now + 61 * dayMs, isTrusted })

    t.not(next.serving.cert, first.serving.cert)
    t.equal(next.authority, first.authority)
    t.ok(new X509Certificate(next.serving.cert).checkIssued(signerOf(first.authority.cert)))
  })

  await t.test('are renewed at once for another name', async (t) => {
    const next = await renewCertificates(first, {
      host: 'witness.example.com',
      now: now,
      isTrusted,
    })
    t.ok(covers(new X509Certificate(next.serving.cert), 'witness.example.com'))
  })

  await t.test('a new CA is trusted before what it signs is served', async (t) => {
    const late = now + 3_300 * dayMs
    const aged = {
      ...first,
      serving: (await renewCertificates(first, { host, now: late - dayMs, isTrusted })).serving,
    }
    const announced = await renewCertificates(aged, { host, now: late, isTrusted })
    t.equal(announced.serving, aged.serving)
    t.match(validCertificates(announced.bundle, late).length, 2)

    const untold = { host, now: late + 1, isTrusted: () => false }
    t.equal(await renewCertificates(announced, untold), announced, 'it is not trusted yet')
    const served = await renewCertificates(announced, { host, now: late + 1, isTrusted })
    t.ok(new X509Certificate(served.serving.cert).checkIssued(signerOf(announced.authority.cert)))
    t.equal(served.bundle, announced.bundle, 'the old one is trusted still')
  })

  await t.test('come back from the Secret as they went in', async (t) => {
    const stored = { token: 't0', own: first }
    const secret = credentialsSecret(stored, 'landfall-system', '7')

    t.match(secret.metadata, { name: 'landfall-witness-tls', resourceVersion: '7' })
    t.strictSame(readCredentials(secret), stored)
  })

  await t.test('of the operator leave only the token in the Secret', async (t) => {
    const secret = credentialsSecret({ token: 't0', own: undefined }, 'landfall-system', undefined)
    t.strictSame(readCredentials(secret), { token: 't0', own: undefined })
  })

  await t.test('a Secret that holds something else is none', async (t) => {
    const { data, ...rest } = credentialsSecret({ token: 't0', own: first }, 'ns', undefined)
    t.equal(readCredentials(undefined), undefined)
    t.equal(readCredentials({ ...rest, data: {} }), undefined)
    t.equal(
      readCredentials({ ...rest, data: { ...(data as object), 'tls.crt': 'AAAA' } }),
      undefined,
    )
  })
})
