import { createPrivateKey, webcrypto, X509Certificate } from 'node:crypto'
// What x509 is built on asks for it.
import 'reflect-metadata'
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'

/** PEM. */
export interface KeyPair {
  readonly cert: string
  readonly key: string
}

const dayMs = 86_400_000
const authorityMs = 3_650 * dayMs
const servingMs = 90 * dayMs
/** Clocks differ. */
const headStartMs = 3_600_000
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

/** A CA that signs nothing but certificates of the witness, valid for ten years. */
export async function makeAuthority(now: number): Promise<KeyPair> {
  const keys = await makeKeys()
  const cert = await X509CertificateGenerator.createSelfSigned(
    {
      name: `CN=landfall-witness CA ${new Date(now).toISOString()}`,
      notBefore: new Date(now - headStartMs),
      notAfter: new Date(now + authorityMs),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      ],
    },
    webcrypto,
  )
  return { cert: cert.toString('pem'), key: await pemOf(keys.privateKey) }
}

/** A certificate for a server of that name or IP address, valid for 90 days. */
export async function issueCertificate(
  authority: KeyPair,
  host: string,
  now: number,
): Promise<KeyPair> {
  const keys = await makeKeys()
  const signingKey = await webcrypto.subtle.importKey(
    'pkcs8',
    createPrivateKey(authority.key).export({ format: 'der', type: 'pkcs8' }),
    algorithm,
    false,
    ['sign'],
  )
  const cert = await X509CertificateGenerator.create(
    {
      subject: 'CN=landfall-witness',
      issuer: new X509Certificate(authority.cert).subject,
      notBefore: new Date(now - headStartMs),
      notAfter: new Date(now + servingMs),
      signingAlgorithm: algorithm,
      publicKey: keys.publicKey,
      signingKey,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension([
          { type: isAddress(host) ? 'ip' : 'dns', value: host },
        ]),
      ],
    },
    webcrypto,
  )
  return { cert: cert.toString('pem'), key: await pemOf(keys.privateKey) }
}

/** Those of a bundle that can still be used, first the first. */
export function validCertificates(bundle: string, now: number): X509Certificate[] {
  const blocks = bundle.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  return blocks
    .map((block) => new X509Certificate(block))
    .filter(({ validToDate }) => validToDate.getTime() > now)
}

export function covers(certificate: X509Certificate, host: string): boolean {
  const found = isAddress(host) ? certificate.checkIP(host) : certificate.checkHost(host)
  return found !== undefined
}

function isAddress(host: string): boolean {
  return /^[\d.]+$/.test(host) || host.includes(':')
}

async function makeKeys() {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
}

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key))
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
    .export({ format: 'pem', type: 'pkcs8' })
    .toString()
}
