import type { ChartRef, ChartRepository } from './chart.ts'
import type { GithubApp } from './github-app.ts'
import type { Secret } from './secret.ts'

/** One directory of one branch, deployed to one cluster: what `landfall.yaml` declares. */
export interface Application {
  readonly name: string
  /** Key of the forge whose webhooks trigger it; undefined: polled only. */
  readonly forge: string | undefined
  readonly repo: string
  readonly credentials: GitCredentials
  readonly branch: string
  /** Relative to the repository's root, '/'-separated, without leading './'; '' is the root. */
  readonly path: string
  readonly cluster: string
  readonly namespace: string
  readonly render: RenderOptions
  readonly sync: SyncPolicy
  readonly serviceAccount: ServiceAccountRef | undefined
  readonly allow: Allow
  readonly ignore: readonly IgnoreRule[]
  /** In order: the first that matches decides. */
  readonly managers: readonly ManagerRule[]
  /** At most one a kind. */
  readonly health: readonly HealthRule[]
  readonly report: ReportPolicy
  readonly handEdits: HandEdits
  readonly touchedPods: TouchedPods
}

export type GitCredentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly username: string; readonly token: Secret }
  /** A token is made for each fetch. */
  | { readonly kind: 'app'; readonly app: GithubApp }
  | { readonly kind: 'ssh'; readonly keyFile: string; readonly knownHostsFile: string }

export type RenderOptions = RenderSteps &
  (
    | { readonly type: 'auto' | 'plain' }
    /** With `helmCharts`, helm is run on the charts that a kustomization names. */
    | {
        readonly type: 'kustomize'
        readonly helmCharts?: boolean
        /** Repositories that a kustomization may take a pinned base from. */
        readonly remoteBases?: readonly string[]
      }
    | HelmRenderOptions
  )

/** What happens besides: none of it unless it is asked for. */
export interface RenderSteps {
  readonly substitute?: Substitution
  readonly decrypt?: Decryption
}

/** How files that SOPS encrypted are read. */
export interface Decryption {
  /** age identities: one, or several while they are rotated. */
  readonly age: readonly Secret[]
}

/** Variables that replace `${name}` in what was rendered. */
export interface Substitution {
  readonly variables: Readonly<Record<string, string | Secret>>
  /** Whether a variable that is not there is an error; else it is an empty text. */
  readonly strict: boolean
}

export interface HelmRenderOptions {
  readonly type: 'helm'
  /** One that is not in the repository; left out: the chart at the path. */
  readonly chart?: ChartRef
  /** Where dependencies may be fetched from. */
  readonly chartRepositories?: readonly ChartRepository[]
  /** Relative to the application's path. */
  readonly valueFiles: readonly string[]
  readonly values: Readonly<Record<string, unknown>>
  readonly releaseName: string | undefined
}

export interface SyncPolicy {
  readonly everyMs: number
  readonly timeoutMs: number
  readonly failAfter: FailAfter
  readonly prune: boolean
  readonly drift: 'heal' | 'report'
  readonly requireFastForward: boolean
}

/** When trouble of a rollout that may pass by itself counts as failure; left out: as usual. */
export interface FailAfter {
  readonly imagePullMs?: number
  readonly crashLoopRestarts?: number
  readonly unschedulableMs?: number
  readonly replicaFailureMs?: number
}

export interface ServiceAccountRef {
  readonly namespace: string
  readonly name: string
}

/** What the application may contain; checked on rendered objects before any write. */
export interface Allow {
  readonly namespaces: readonly string[]
  /** `Kind.group` or `Kind`, e.g. `ClusterRole.rbac.authorization.k8s.io`; `*` allows every kind. */
  readonly clusterKinds: readonly string[]
  readonly denyKinds: readonly string[]
}

/** Paths of matching objects that Landfall neither compares nor heals. `*` matches any name. */
export interface IgnoreRule {
  readonly kind: string
  readonly group: string | undefined
  readonly namespace: string | undefined
  readonly name: string
  /** JSON pointers. */
  readonly fields: readonly string[]
}

/** What a field manager is, in place of what its name says. */
export interface ManagerRule {
  /** `*` matches any run of characters. */
  readonly match: string
  readonly class: 'human' | 'controller' | 'deployer'
  /** JSON pointers of the fields for which it holds, with all below; none: all. */
  readonly paths: readonly string[]
}

/** CEL expressions that tell how healthy objects of a kind are, in place of Landfall's own rule. */
export interface HealthRule {
  readonly group: string
  readonly kind: string
  readonly healthy: string
  readonly failed: string | undefined
  readonly progressing: string | undefined
}

/** What happens to a write that changes by hand what Git declares, where a witness sees it. */
export interface HandEdits {
  readonly policy: 'warn' | 'deny' | 'silent'
  /** Who may write although it is denied; `*` matches any run of characters. */
  readonly exempt: {
    readonly users: readonly string[]
    readonly groups: readonly string[]
    /** Whether the annotation landfall.dev/emergency lets a write through. */
    readonly annotation: boolean
  }
  /** Any field may hold a secret that only workers know: no value is told, only whether it changed. */
  readonly masksValues: boolean
}

/** What happens to a pod in which somebody opened a shell. */
export interface TouchedPods {
  readonly policy: 'report' | 'replace'
  readonly replaceAfterMs: number
}

export interface ReportPolicy {
  readonly statuses: 'changed' | 'always' | 'never'
}

/** Longest first: how each trigger ranks when several wait for one sync. */
export const triggers = ['manual', 'push', 'pull-request', 'sweep', 'drift'] as const
export type Trigger = (typeof triggers)[number]
