import type { Application } from './application.ts'
import type { GithubApp } from './github-app.ts'
import type { Secret } from './secret.ts'

/** A forge as the operator configured it; `key` names its route, POST /webhooks/<key>. */
export interface ForgeSettings {
  readonly key: string
  /** `gitea` is Forgejo too. */
  readonly type: 'github' | 'gitlab' | 'gitea'
  /** Without a trailing slash. */
  readonly url: string
  /** Base of the REST API, derived from `url` unless configured. */
  readonly apiUrl: string
  /** Any of them verifies a delivery: a list while rotating. Never empty. */
  readonly webhookSecrets: readonly Secret[]
  readonly token: Secret | undefined
  /** In place of a token. */
  readonly app: GithubApp | undefined
}

export type ClusterSettings =
  | {
      readonly name: string
      readonly kind: 'kubeconfig'
      readonly file: string
      readonly context: string | undefined
    }
  | { readonly name: string; readonly kind: 'inCluster' }

/** The admission webhook of a cluster: where it listens, and how the API server reaches it. */
export interface WitnessSettings {
  readonly cluster: string
  readonly host: string
  readonly port: number
  readonly endpoint:
    | { readonly kind: 'url'; readonly url: string }
    | {
        readonly kind: 'service'
        readonly namespace: string
        readonly name: string
        readonly port: number
      }
  /** Absolute paths of PEM files; undefined: Landfall makes certificates of its own. */
  readonly tls: { readonly cert: string; readonly key: string; readonly ca: string } | undefined
}

export interface AccessToken {
  readonly name: string
  readonly role: 'viewer' | 'operator'
  /** sha256 of the token, lower-case hex. */
  readonly sha256: string
}

export interface ServerSettings {
  readonly host: string
  readonly port: number
  /** Without a trailing slash; undefined: statuses carry no link. */
  readonly publicUrl: string | undefined
  readonly trustProxy: boolean
  readonly tokens: readonly AccessToken[]
}

/** The whole of `landfall.yaml`, parsed, with secrets read and defaults merged. */
export interface Config {
  readonly server: ServerSettings
  /** undefined: Landfall runs its own redis-server under `dataDir`. */
  readonly redisUrl: string | undefined
  /** Absolute. */
  readonly dataDir: string
  readonly forges: ReadonlyMap<string, ForgeSettings>
  readonly clusters: ReadonlyMap<string, ClusterSettings>
  /** By cluster; one that has none is not there. */
  readonly witnesses: ReadonlyMap<string, WitnessSettings>
  readonly applications: ReadonlyMap<string, Application>
  readonly security: SecuritySettings
}

export interface SecuritySettings {
  readonly allowInsecureHttp: boolean
  readonly allowLocalRepos: boolean
  readonly requireServiceAccount: boolean
}
