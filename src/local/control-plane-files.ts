import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'

/** Who calls the apiserver. All are system:masters: no binding is there yet when they start. */
export const identities = {
  admin: 'admin',
  'kube-controller-manager': 'system:kube-controller-manager',
  'kube-scheduler': 'system:kube-scheduler',
  kwok: 'system:kwok',
} as const

export type Identity = keyof typeof identities
export type Tokens = Readonly<Record<Identity, string>>

/** Makes what the programs read at their start, or takes over what an earlier run left. */
export async function prepareFiles(folder: string): Promise<Tokens> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFile(join(folder, 'audit-policy.yaml'), auditPolicy)
  await writeFile(join(folder, 'pod.log'), podLog)
  if (!existsSync(join(folder, 'sa.pub'))) await writeKeyPair(folder)
  const file = join(folder, 'tokens.csv')
  if (!existsSync(file)) await writeFile(file, newTokens(), { mode: 0o600 })
  return parseTokens(await readFile(file, 'utf8'))
}

async function writeKeyPair(folder: string): Promise<void> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  await writeFile(join(folder, 'sa.key'), privateKey, { mode: 0o600 })
  await writeFile(join(folder, 'sa.pub'), publicKey)
}

function newTokens(): string {
  return Object.values(identities)
    .map((user) => `${randomBytes(32).toString('hex')},${user},${user},"system:masters"\n`)
    .join('')
}

function parseTokens(csv: string): Tokens {
  const byUser = new Map(csv.split('\n').map((line) => [line.split(',')[1], line.split(',')[0]]))
  const token = (identity: Identity) => {
    const found = byUser.get(identities[identity])
    if (found === undefined) throw new Error(`tokens.csv has no token for ${identity}`)
    return found
  }
  return {
    admin: token('admin'),
    'kube-controller-manager': token('kube-controller-manager'),
    'kube-scheduler': token('kube-scheduler'),
    kwok: token('kwok'),
  }
}

export interface KubeconfigOptions {
  readonly server: string
  /** PEM. */
  readonly ca: string
  readonly user: string
  readonly token: string
}

export async function writeKubeconfig(file: string, options: KubeconfigOptions): Promise<void> {
  const { server, ca, user, token } = options
  const name = 'landfall-local'
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [
      {
        name,
        cluster: { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') },
      },
    ],
    contexts: [{ name, context: { cluster: name, user, namespace: 'default' } }],
    users: [{ name: user, user: { token } }],
  }
  await writeFile(file, stringify(kubeconfig, { lineWidth: 0 }), { mode: 0o600 })
}

// No program runs in the pods: all of them have this to say, in the format of container runtimes.
const podLog = ['starting', 'no program runs here: kwok plays the node', 'this is the last line']
  .map((line, second) => `2026-01-01T00:00:0${second}.000000000Z stdout F ${line}\n`)
  .join('')

// Who did what, once each: not what the control plane does to keep itself running.
const auditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived, ResponseStarted]
rules:
  - level: None
    users: ['system:apiserver', '${identities.kwok}', '${identities['kube-scheduler']}', '${identities['kube-controller-manager']}']
    verbs: [get, list, watch]
  - level: None
    resources: [{ group: coordination.k8s.io, resources: [leases] }]
    users: ['system:apiserver', '${identities.kwok}']
  - level: None
    nonResourceURLs: ['/readyz*', '/livez*', '/healthz*']
  - level: Metadata
`
