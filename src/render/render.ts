import type { Application } from '../domain/application.ts'
import type { Origin } from '../domain/change.ts'
import type { ChartRef } from '../domain/chart.ts'
import type {
  CheckoutContents,
  CommitItem,
  CommitTree,
  PinnedCommit,
} from '../domain/commit-tree.ts'
import type { KubeObject } from '../domain/kube-object.ts'
import type { Secret } from '../domain/secret.ts'

/**
 * Directory → objects: normalised, but for what depends on a kind's scope. Deeply frozen, and the
 * very same objects again when the same commit is rendered again.
 */
export interface Rendered {
  readonly objects: readonly RenderedObject[]
  readonly warnings: readonly string[]
  /** Some of it was encrypted in Git: the render is kept nowhere. */
  readonly isDecrypted?: boolean
}

export interface RenderedObject {
  readonly object: KubeObject
  readonly origin: Origin
  /** JSON pointers of fields that are otherwise at every render. */
  readonly unstable?: readonly string[]
}

/** What a renderer may know of the cluster: helm's Capabilities. */
export interface Capabilities {
  readonly kubeVersion: string
  readonly apiVersions: readonly string[]
}

export interface RenderInput {
  readonly application: Application
  readonly revision: { readonly sha: string; readonly rootTree: string }
  readonly pathTree: string
  /** Files below the application's path; the renderer reads only what it needs. */
  listFiles(): Promise<readonly RenderFile[]>
  readonly tree: CommitTree
  /** The commit on disk, or what it has at some paths and below them, and files added to it. */
  checkout(contents?: CheckoutContents): Promise<string>
  /** A commit of another repository. */
  openPinned(pin: PinnedCommit): Promise<CommitTree>
  /** The archive with that digest. */
  fetchChart(chart: ChartRef): Promise<Buffer>
  capabilities(): Promise<Capabilities>
  /** Told every text that was decrypted, before it can be in any message. */
  onDecrypted?(secrets: readonly Secret[]): void
  readonly signal: AbortSignal
}

export interface RenderFile extends CommitItem {
  read(): Promise<Buffer>
}
