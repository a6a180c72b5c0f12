import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { ObjectClient } from '../../cluster/cluster.ts'
import type { Application } from '../../domain/application.ts'
import { asStageError, StageError } from '../../domain/error.ts'
import type { KubeObject, ObjectRef } from '../../domain/kube-object.ts'
import type { WitnessSettings } from '../../domain/settings.ts'
import { canonicalJson } from '../canonical-json.ts'
import { configurationFault } from './configuration-fault.ts'
import {
  type Credentials,
  credentialsSecret,
  makeCertificates,
  makeToken,
  readCredentials,
  renewCertificates,
  type StoredCredentials,
  secretName,
} from './credentials.ts'
import { configurationRef, webhookConfiguration } from './webhook-configuration.ts'

export interface InstallationDeps {
  readonly client: Pick<ObjectClient, 'get' | 'apply' | 'remove'>
  /** Landfall's own. */
  readonly namespace: string
  readonly settings: WitnessSettings
  /** Those that are deployed to the cluster. */
  readonly applications: readonly Application[]
  /** As whom Landfall writes to the cluster. */
  readonly users: readonly string[]
  readonly now: number
}

/**
 * Makes, or brings up to date, all that the API server needs to ask the witness. Throws StageError.
 */
export async function installWitness(deps: InstallationDeps): Promise<void> {
  const { client, namespace } = deps
  await ensureNamespace(client, namespace)
  // What was trusted until now is told anew in a moment.
  const isTrusted = () => true
  const credentials = await renew(deps, await client.get(secretRef(namespace)), isTrusted)
  await client.apply(wanted(deps, credentials))
}

type Keeping = Omit<InstallationDeps, 'users'> & {
  /** undefined: nobody can say who they are just now. */
  readonly users: readonly string[] | undefined
}

export interface KeptWitness {
  readonly credentials: Credentials
  /** Why the API server cannot be told what changed; undefined: it was, or nothing did. */
  readonly outdated: StageError | undefined
}

/**
 * Keeps up to date what was installed: renews what ends soon, and tells the API server what changed
 * where that is allowed, and known. undefined: nothing is installed. Throws StageError.
 */
export async function keepWitness({ users, ...rest }: Keeping): Promise<KeptWitness | undefined> {
  const { client, namespace } = rest
  const secret = await client.get(secretRef(namespace))
  const configuration = await client.get(configurationRef)
  if (secret === undefined || configuration === undefined) return undefined
  const credentials = await renew(rest, secret, (cert) => trusts(configuration, cert))
  if (users === undefined) return { credentials, outdated: undefined }
  const next = wanted({ ...rest, users }, credentials)
  if (canonicalJson(next['webhooks']) === canonicalJson(configuration['webhooks'])) {
    return { credentials, outdated: undefined }
  }
  try {
    await client.apply(next)
    return { credentials, outdated: undefined }
  } catch (error) {
    const failure = asStageError(error)
    if (failure.code !== 'CLUSTER_FORBIDDEN') throw failure
    return { credentials, outdated: failure }
  }
}

/** What was there is gone; the API server asks nobody any more. Throws StageError. */
export async function uninstallWitness({
  client,
  namespace,
}: Pick<InstallationDeps, 'client' | 'namespace'>): Promise<boolean> {
  let isRemoved = false
  // The configuration first: without it nobody asks for the rest.
  for (const ref of [configurationRef, secretRef(namespace)]) {
    const uid = (await client.get(ref))?.metadata.uid
    if (uid === undefined) continue
    await client.remove(ref, { uid, propagation: 'Background' })
    isRemoved = true
  }
  return isRemoved
}

export interface InstalledWitness {
  /** When its certificate ends; undefined: it has none that can be used. */
  readonly certificateEnds: Date | undefined
  /** undefined: it is as it should be. */
  readonly fault: string | undefined
}

/** undefined: it is not installed. Throws StageError. */
export async function lookAtWitness(
  deps: Omit<InstallationDeps, 'now'>,
): Promise<InstalledWitness | undefined> {
  const configuration = await deps.client.get(configurationRef)
  if (configuration === undefined) return undefined
  const stored = readCredentials(await deps.client.get(secretRef(deps.namespace)))
  if (stored === undefined || (stored.own === undefined && deps.settings.tls === undefined)) {
    const fault = `Secret ${deps.namespace}/${secretName} is missing or cannot be used`
    return { certificateEnds: undefined, fault }
  }
  const credentials = await credentialsOf(deps.settings, stored)
  return {
    certificateEnds: new X509Certificate(credentials.serving.cert).validToDate,
    fault: configurationFault(wanted(deps, credentials), configuration),
  }
}

export function endpointText(endpoint: WitnessSettings['endpoint']): string {
  return endpoint.kind === 'url'
    ? endpoint.url
    : `Service ${endpoint.namespace}/${endpoint.name}:${endpoint.port}`
}

/** The name that a certificate must have. */
function hostOf(endpoint: WitnessSettings['endpoint']): string {
  return endpoint.kind === 'url'
    ? new URL(endpoint.url).hostname.replace(/^\[|\]$/g, '')
    : `${endpoint.name}.${endpoint.namespace}.svc`
}

/** The credentials as they should be by now, stored where they are new. */
async function renew(
  { client, namespace, settings, now }: Omit<InstallationDeps, 'users'>,
  secret: KubeObject | undefined,
  isTrusted: (cert: string) => boolean,
): Promise<Credentials> {
  const known = readCredentials(secret)
  const stored = await due(settings, known, { now, isTrusted })
  if (stored !== known) {
    // Of two who renew, one is first; the other one is refused, and looks again.
    const { resourceVersion } = secret?.metadata ?? {}
    await client.apply(credentialsSecret(stored, namespace, resourceVersion))
  }
  return credentialsOf(settings, stored)
}

function wanted(
  { settings, applications, users }: Omit<InstallationDeps, 'now'>,
  credentials: Credentials,
): KubeObject {
  const { endpoint } = settings
  return webhookConfiguration({ ...credentials, endpoint, applications, users })
}

async function due(
  { endpoint, tls }: WitnessSettings,
  known: StoredCredentials | undefined,
  { now, isTrusted }: { readonly now: number; readonly isTrusted: (cert: string) => boolean },
): Promise<StoredCredentials> {
  if (tls !== undefined) return known ?? { token: makeToken(), own: undefined }
  const host = hostOf(endpoint)
  if (known?.own === undefined) {
    return { token: known?.token ?? makeToken(), own: await makeCertificates(host, now) }
  }
  const own = await renewCertificates(known.own, { host, now, isTrusted })
  return own === known.own ? known : { ...known, own }
}

/** Throws CONFIG_INVALID for a file that cannot be read. */
async function credentialsOf(
  { tls }: WitnessSettings,
  { token, own }: StoredCredentials,
): Promise<Credentials> {
  if (tls !== undefined) {
    const [cert, key, bundle] = await Promise.all([
      readPem(tls.cert),
      readPem(tls.key),
      readPem(tls.ca),
    ])
    return { token, bundle, serving: { cert, key } }
  }
  if (own === undefined) {
    throw new StageError('INTERNAL', `Secret ${secretName} has no certificates`)
  }
  return { token, bundle: own.bundle, serving: own.serving }
}

async function readPem(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new StageError('CONFIG_INVALID', `${file} of the witness cannot be read`, { cause })
  }
}

const Bundles = z.array(z.object({ clientConfig: z.object({ caBundle: z.string() }) })).min(1)

/** Whether each webhook trusts that CA. */
function trusts(configuration: KubeObject, cert: string): boolean {
  const webhooks = Bundles.safeParse(configuration['webhooks']).data ?? []
  return (
    webhooks.length > 0 &&
    webhooks.every(({ clientConfig }) =>
      Buffer.from(clientConfig.caBundle, 'base64').toString().includes(cert.trim()),
    )
  )
}

async function ensureNamespace(
  client: InstallationDeps['client'],
  namespace: string,
): Promise<void> {
  const ref = { group: '', version: 'v1', kind: 'Namespace', namespace: '', name: namespace }
  if ((await client.get(ref)) !== undefined) return
  await client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
}

function secretRef(namespace: string): ObjectRef {
  return { group: '', version: 'v1', kind: 'Secret', namespace, name: secretName }
}
