import { readFile } from 'node:fs/promises'
import type { RequestOptions } from 'node:https'
import { dirname, resolve } from 'node:path'
import type { ConnectionOptions } from 'node:tls'
import type { KubeConfig } from '@kubernetes/client-node'
import { parse } from 'yaml'
import { z } from 'zod'
import type { Clock } from '../domain/clock.ts'
import { StageError } from '../domain/error.ts'
import type { ClusterSettings } from '../domain/settings.ts'
import { emptyKubeConfig } from './kubeconfig-library.ts'

/** Where a cluster's API server is and how to prove who we are. */
export interface ClusterAccess {
  readonly origin: string
  /** Path before `/api`, for servers behind a gateway; '' as a rule. */
  readonly basePath: string
  readonly proxyUrl: string | undefined
  readonly tls: TlsMaterial
  /** Value of the Authorization header; undefined: the client certificate says it all. */
  authorization(): Promise<string | undefined>
}

export type TlsMaterial = Pick<
  ConnectionOptions,
  'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized'
>

interface Login {
  readonly config: KubeConfig
  readonly tokenFile: string | undefined
}

// Bound tokens are renewed in their file long before they end, exec plugins know their own expiry.
const authorizationMaxAgeMs = 10_000

/**
 * Reads the operator's kubeconfig (or the pod's own service account) and signs in once. Throws
 * CONFIG_INVALID for what the operator must mend, CLUSTER_UNAUTHENTICATED when a credential
 * plugin fails.
 */
export async function loadClusterAccess(
  settings: ClusterSettings,
  clock: Clock,
): Promise<ClusterAccess> {
  const login =
    settings.kind === 'inCluster' ? await loadInCluster(settings) : await loadFile(settings)
  const cluster = login.config.getCurrentCluster()
  const server = cluster && URL.canParse(cluster.server) ? new URL(cluster.server) : undefined
  if (cluster === null || server === undefined) {
    throw invalid(settings, 'the context names no cluster with a valid server address')
  }

  const first = await signIn(login, settings)
  let current = { header: first.authorization, at: clock.now() }
  let renewal: Promise<string | undefined> | undefined

  async function renew(): Promise<string | undefined> {
    const { authorization } = await signIn(login, settings)
    current = { header: authorization, at: clock.now() }
    return authorization
  }

  return {
    origin: server.origin,
    basePath: server.pathname.replace(/\/+$/, ''),
    proxyUrl: cluster.proxyUrl,
    tls: first.tls,
    async authorization() {
      const ageMs = clock.now() - current.at
      // A clock that was set back tells nothing of its age.
      if (ageMs >= 0 && ageMs < authorizationMaxAgeMs) return current.header
      renewal ??= renew().finally(() => {
        renewal = undefined
      })
      return renewal
    },
  }
}

async function loadInCluster(settings: ClusterSettings): Promise<Login> {
  const config = await emptyKubeConfig()
  config.loadFromCluster()
  const server = config.getCurrentCluster()?.server ?? ''
  // Outside a pod the library makes up "https://undefined:undefined".
  if (!URL.canParse(server)) {
    throw invalid(settings, 'inCluster is set, but this process runs in no pod; name a kubeconfig')
  }
  const tokenFile: unknown = config.getCurrentUser()?.authProvider?.config?.tokenFile
  return { config, tokenFile: typeof tokenFile === 'string' ? tokenFile : undefined }
}

async function loadFile(
  settings: Extract<ClusterSettings, { kind: 'kubeconfig' }>,
): Promise<Login> {
  const config = await emptyKubeConfig()
  let users: KubeconfigUsers
  try {
    users = KubeconfigUsers.parse(parse(await readFile(settings.file, 'utf8')))
    config.loadFromFile(settings.file)
  } catch (error: unknown) {
    // No cause: a YAML error quotes the lines around it, which may hold a token.
    throw invalid(settings, `${settings.file} is no readable kubeconfig: ${reasonOf(error)}`)
  }
  if (settings.context !== undefined) selectContext(config, settings.context, settings)
  const userName = config.getCurrentUser()?.name
  const user = users.users.find((each) => each.name === userName)?.user
  if (user?.as !== undefined) {
    throw invalid(
      settings,
      `user ${userName} of the kubeconfig impersonates "${user.as}"; Landfall impersonates service accounts itself: give it a user without "as"`,
    )
  }
  announceExecVersion(config)
  // client-node knows `token-file` only; kubectl and client-go call it `tokenFile`.
  return { config, tokenFile: user?.tokenFile && resolve(dirname(settings.file), user.tokenFile) }
}

function selectContext(config: KubeConfig, context: string, settings: ClusterSettings): void {
  const known = config.getContexts().map((each) => each.name)
  if (!known.includes(context)) {
    throw invalid(settings, `no context "${context}"; the kubeconfig has ${known.join(', ')}`)
  }
  config.setCurrentContext(context)
}

// client-go always sets KUBERNETES_EXEC_INFO and some plugins insist; client-node does not set it.
function announceExecVersion(config: KubeConfig): void {
  const exec: unknown = config.getCurrentUser()?.exec
  if (typeof exec !== 'object' || exec === null) return
  const plugin = exec as { apiVersion?: string; env?: { name: string; value: string }[] | null }
  const info = {
    apiVersion: plugin.apiVersion ?? 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    spec: { interactive: false },
  }
  plugin.env = [
    ...(plugin.env ?? []),
    { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) },
  ]
}

async function signIn({ config, tokenFile }: Login, settings: ClusterSettings) {
  const options: RequestOptions = {}
  try {
    await config.applyToHTTPSOptions(options)
    const authorization =
      tokenFile === undefined
        ? authorizationOf(options)
        : `Bearer ${(await readFile(tokenFile, 'utf8')).trim()}`
    return { authorization, tls: tlsOf(options) }
  } catch (error: unknown) {
    throw new StageError(
      'CLUSTER_UNAUTHENTICATED',
      `cluster ${settings.name}: its credentials cannot be had: ${reasonOf(error)}; try the same context with kubectl`,
      { cause: error },
    )
  }
}

function authorizationOf(options: RequestOptions): string | undefined {
  if (typeof options.auth === 'string') {
    return `Basic ${Buffer.from(options.auth).toString('base64')}`
  }
  const headers = options.headers as Record<string, unknown> | undefined
  const header = headers?.['Authorization']
  return typeof header === 'string' ? header.trim() : undefined
}

function tlsOf(options: RequestOptions): TlsMaterial {
  const { ca, cert, key, servername, rejectUnauthorized } = options
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(servername !== undefined && { servername }),
    ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
  }
}

function invalid(settings: ClusterSettings, reason: string): StageError {
  return new StageError('CONFIG_INVALID', `cluster ${settings.name}: ${reason}`)
}

// A plugin's stderr may be long and is written by nobody we know: its first line will do.
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.trim().split('\n', 1)[0]?.slice(0, 200) ?? ''
}

const KubeconfigUsers = z.object({
  users: z
    .array(
      z.object({
        name: z.string(),
        user: z
          .object({ tokenFile: z.string().optional(), as: z.string().optional() })
          .nullish()
          .transform((user) => user ?? undefined),
      }),
    )
    .nullish()
    .transform((users) => users ?? []),
})
type KubeconfigUsers = z.infer<typeof KubeconfigUsers>
