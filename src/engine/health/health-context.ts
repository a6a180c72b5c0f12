import type { KubeObject } from '../../domain/kube-object.ts'
import type { CustomRule } from './custom-rules.ts'
import type { HealthThresholds } from './thresholds.ts'

/** What a judgement may look at besides the object itself. */
export interface HealthContext {
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly thresholds: HealthThresholds
  /** Of the configuration, in place of the kind's own. */
  readonly rule?: CustomRule | undefined
  /** Generation the apply answered with: anything older is not what Git wants yet. */
  readonly minGeneration?: number | undefined
  /** The object as its apply answered: a condition that stood in it already says nothing new. */
  readonly applied?: KubeObject | undefined
  /** Pods of the object's namespace; those of other owners and revisions are left out here. */
  readonly pods?: readonly KubeObject[] | undefined
  /** Metadata is enough. */
  readonly replicaSets?: readonly KubeObject[] | undefined
  /** By pod uid: since when (ms since epoch) a container of it fails to start. */
  readonly failingSince?: ReadonlyMap<string, number> | undefined
  /** false: the kind has no status, so none is waited for. */
  readonly servesStatus?: boolean | undefined
  /** Of the claim's StorageClass: with WaitForFirstConsumer a claim stays Pending till a pod uses it. */
  readonly volumeBindingMode?: string | undefined
}
