import { randomBytes, X509Certificate } from 'node:crypto'
import { z } from 'zod'
import type { KubeObject } from '../../domain/kube-object.ts'
import {
  covers,
  issueCertificate,
  type KeyPair,
  makeAuthority,
  validCertificates,
} from './certificates.ts'

/** What the API server and a witness know each other by. */
export interface Credentials {
  /** Part of the path: only the API server knows it. */
  readonly token: string
  /** PEM of all that the API server is to trust. */
  readonly bundle: string
  readonly serving: KeyPair
}

/** What the cluster keeps of them. */
export interface StoredCredentials {
  readonly token: string
  /** undefined: the operator's certificate is used. */
  readonly own: OwnCertificates | undefined
}

interface OwnCertificates extends Omit<Credentials, 'token'> {
  /** Signs, and is trusted. */
  readonly authority: KeyPair
}

export const secretName = 'landfall-witness-tls'
const dayMs = 86_400_000
const renewAuthorityMs = 365 * dayMs
const renewServingMs = 30 * dayMs

export function makeToken(): string {
  return randomBytes(16).toString('hex')
}

export async function makeCertificates(host: string, now: number): Promise<OwnCertificates> {
  const authority = await makeAuthority(now)
  return {
    bundle: authority.cert,
    authority,
    serving: await issueCertificate(authority, host, now),
  }
}

interface Renewal {
  /** The name that the certificate must have. */
  readonly host: string
  readonly now: number
  /** Whether the API server trusts what this CA signs. */
  readonly isTrusted: (cert: string) => boolean
}

/**
 * The certificates as they should be by now. A new CA is told to the API server before anything that
 * it signed is served, so that it meets no certificate that it does not know yet.
 */
export async function renewCertificates(
  own: OwnCertificates,
  { host, now, isTrusted }: Renewal,
): Promise<OwnCertificates> {
  const { authority, bundle, serving } = own
  const signer = new X509Certificate(authority.cert)
  if (signer.validToDate.getTime() - now < renewAuthorityMs) {
    const next = await makeAuthority(now)
    const trusted = validCertificates(bundle, now).map(String)
    return { ...own, authority: next, bundle: [next.cert, ...trusted].join('\n') }
  }
  // Until the API server trusts the new CA, what the old one signed is served.
  if (!isTrusted(authority.cert)) return own
  const served = new X509Certificate(serving.cert)
  const isFresh = served.validToDate.getTime() - now >= renewServingMs
  if (isFresh && covers(served, host) && served.checkIssued(signer)) return own
  return { ...own, serving: await issueCertificate(authority, host, now) }
}

const Data = z.object({
  'ca.crt': z.string(),
  'ca-signer.crt': z.string(),
  'ca-signer.key': z.string(),
  'tls.crt': z.string(),
  'tls.key': z.string(),
  token: z.string(),
})

/** What a Secret holds; undefined: nothing that can be used. */
export function readCredentials(secret: KubeObject | undefined): StoredCredentials | undefined {
  const data = Data.safeParse(secret?.['data']).data
  if (data === undefined) return undefined
  const of = (key: keyof typeof data) => Buffer.from(data[key], 'base64').toString('utf8')
  const token = of('token')
  if (of('ca-signer.crt') === '') return { token, own: undefined }
  try {
    return {
      token,
      own: {
        bundle: of('ca.crt'),
        authority: checked({ cert: of('ca-signer.crt'), key: of('ca-signer.key') }),
        serving: checked({ cert: of('tls.crt'), key: of('tls.key') }),
      },
    }
  } catch {
    return undefined
  }
}

/** Throws for what is no certificate. */
function checked(pair: KeyPair): KeyPair {
  new X509Certificate(pair.cert)
  return pair
}

const none: OwnCertificates = {
  bundle: '',
  authority: { cert: '', key: '' },
  serving: { cert: '', key: '' },
}

/** The Secret that keeps them; guarded by the version that was read. */
export function credentialsSecret(
  { token, own }: StoredCredentials,
  namespace: string,
  resourceVersion: string | undefined,
): KubeObject {
  const { bundle, authority, serving } = own ?? none
  const texts = {
    token,
    'ca.crt': bundle,
    'ca-signer.crt': authority.cert,
    'ca-signer.key': authority.key,
    'tls.crt': serving.cert,
    'tls.key': serving.key,
  }
  const data = Object.entries(texts).map(([key, text]) => [
    key,
    Buffer.from(text).toString('base64'),
  ])
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: secretName,
      namespace,
      ...(resourceVersion !== undefined && { resourceVersion }),
    },
    type: 'Opaque',
    data: Object.fromEntries(data),
  }
}
