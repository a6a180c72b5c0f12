import type { ServiceAccountRef } from '../domain/application.ts'
import type { FailedContainer } from '../domain/health.ts'
import type { Inventory } from '../domain/inventory.ts'
import type { KubeObject, ObjectRef } from '../domain/kube-object.ts'

/** One Kubernetes cluster. Every method throws StageError and nothing else. */
export interface Cluster {
  readonly name: string
  readonly discovery: Discovery
  readonly inventory: InventoryStore
  readonly leases: LeaseStore
  /** Landfall's own identity: inventory, events, discovery, watches. */
  readonly own: ObjectClient
  /**
   * The identity that touches an application's objects; undefined: Landfall's own. Its requests end
   * when the signal aborts, with the signal's reason where that is a StageError; `beforeSend` may
   * still abort it before each one.
   */
  as(
    serviceAccount: ServiceAccountRef | undefined,
    signal?: AbortSignal,
    beforeSend?: () => void,
  ): ObjectClient
  /** Landfall's own user, as the server knows it. */
  user(): Promise<string>
  close(): Promise<void>
}

export interface ObjectClient {
  /** undefined: there is none. */
  get(ref: ObjectRef): Promise<KubeObject | undefined>
  list(query: ListQuery): Promise<ObjectList>
  /** Server-side apply as `landfall`, forced, strict fields. */
  apply(object: KubeObject, options?: { readonly dryRun: boolean }): Promise<Applied>
  /** One JSON patch; guard it with a `replace /metadata/resourceVersion` op: stale is OBJECT_CONFLICT. */
  patchJson(ref: ObjectRef, operations: readonly JsonPatchOperation[]): Promise<KubeObject>
  /**
   * Deletes exactly the object with this uid. 'gone': it was not there (any more). Another version
   * than the one asked for is OBJECT_CONFLICT.
   */
  remove(ref: ObjectRef, options: RemoveOptions): Promise<'deleted' | 'gone'>
  /**
   * Asks the pod with this uid to leave, as a drain does. 'gone': it has left. 'held': its
   * PodDisruptionBudget does not let it go yet.
   */
  evict(ref: ObjectRef, uid: string): Promise<'evicted' | 'gone' | 'held'>
  /**
   * Events after `resourceVersion` (of a list with the same query), until `signal` aborts. The
   * sequence ends without an error when the server closes it or the connection breaks: go on from
   * the last resourceVersion seen. 410 ends it with `{type:'GONE'}`: list again.
   */
  watch(query: ListQuery, options: WatchOptions): AsyncIterable<WatchEvent>
  /**
   * The end of what a container wrote, as it wrote it: the text may hold anything. Asked once, with
   * no retry.
   */
  readLog(query: LogQuery): Promise<string>
}

export interface LogQuery extends FailedContainer {
  /** From the end. */
  readonly lines: number
  readonly maxBytes: number
  readonly timeoutMs: number
}

export interface ListQuery {
  readonly group: string
  readonly kind: string
  /** undefined: the preferred version of the server. */
  readonly version?: string
  /** undefined: all namespaces, or a cluster-scoped kind. */
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
  /** Ask for PartialObjectMetadata only. */
  readonly metadataOnly?: boolean
}

export interface ObjectList {
  readonly resourceVersion: string
  readonly items: readonly KubeObject[]
}

export interface Applied {
  readonly object: KubeObject
  readonly created: boolean
}

export interface JsonPatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'test'
  readonly path: string
  readonly value?: unknown
}

export interface RemoveOptions {
  readonly uid: string
  /** undefined: at any version. */
  readonly resourceVersion?: string | undefined
  readonly propagation: 'Background' | 'Foreground' | 'Orphan'
}

export interface WatchOptions {
  /**
   * undefined: all there is comes first, each as ADDED, and then a BOOKMARK that says so (KEP-3157).
   * A server that does not serve that refuses it: OBJECT_INVALID.
   */
  readonly resourceVersion: string | undefined
  readonly signal: AbortSignal
}

export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: KubeObject }
  | {
      readonly type: 'BOOKMARK'
      readonly resourceVersion: string
      /** All there was when the watch began has been told. */
      readonly endsList?: true
    }
  | { readonly type: 'GONE' }

export interface ResourceMapping {
  readonly group: string
  readonly version: string
  readonly kind: string
  /** Plural, as in the URL. */
  readonly resource: string
  readonly namespaced: boolean
}

export interface Discovery {
  /**
   * undefined: the server has no such kind (after one fresh look). Throws CLUSTER_UNREACHABLE where an
   * aggregated API that may have it does not answer.
   */
  find(kind: {
    group: string
    version?: string
    kind: string
  }): Promise<ResourceMapping | undefined>
  /** The full gitVersion of the server, e.g. v1.36.3; of at most 10 s ago. */
  version(): Promise<string>
  /**
   * All `group/version` and `group/version/Kind`, sorted, as helm's --api-versions takes them; of at
   * most 10 s ago.
   */
  apiVersions(): Promise<readonly string[]>
  /** Forget what is cached: a CRD or APIService changed. */
  refresh(): void
}

/** ConfigMap `landfall-<application>`: inventory, fence, history, ApplySet parent. */
export interface InventoryStore {
  /** The application's inventory; `resourceVersion` undefined when there is none yet. */
  read(application: string): Promise<Inventory>
  /**
   * Writes all of it, guarded by the resourceVersion `next` was read at. FENCE_LOST: somebody
   * wrote since, stop writing. Creates the ConfigMap, and its namespace, when missing.
   */
  write(application: string, next: Inventory): Promise<Inventory>
  /** Deletes it, guarded as `write` is. */
  remove(application: string, last: Inventory): Promise<void>
  /** The value of the label `applyset.kubernetes.io/part-of` on the application's objects. */
  partOf(application: string): string
  /** Selects all inventories. */
  readonly query: ListQuery
  /** Selects the inventory of the application whose objects are marked so. */
  queryOf(partOf: string): ListQuery
  /**
   * What an object that `query` selects says. undefined: it is none of ours; its inventory is
   * undefined where it cannot be read.
   */
  parse(object: KubeObject): NamedInventory | undefined
}

/** Leases in Landfall's own namespace. */
export interface LeaseStore {
  /** undefined: there is none. */
  read(name: string): Promise<Lease | undefined>
  /**
   * Writes all of it, guarded by the resourceVersion it was read at. undefined: somebody else was
   * faster. Creates it, and its namespace, when missing.
   */
  write(name: string, lease: Lease): Promise<Lease | undefined>
}

/** Who does what only one process at a time shall do. */
export interface Lease {
  /** '': nobody. */
  readonly holder: string
  /** ms since epoch, by the holder's clock. */
  readonly renewedAt: number
  readonly acquiredAt: number
  /** Unless it is renewed, it ends so long after `renewedAt`. */
  readonly durationMs: number
  readonly transitions: number
  /** undefined: it is not there yet. */
  readonly resourceVersion: string | undefined
}

export interface NamedInventory {
  readonly application: string
  readonly inventory: Inventory | undefined
}
