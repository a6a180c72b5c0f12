/**
 * Every way a stage can fail. A code says what happened, its stage says where, `retry` says
 * whether trying the same commit again can help. Adapters translate foreign errors into these once.
 */
export type Stage =
  | 'config'
  | 'receive'
  | 'queue'
  | 'source'
  | 'render'
  | 'plan'
  | 'apply'
  | 'prune'
  | 'health'
  | 'report'

export type Retry =
  | { readonly kind: 'never' }
  | { readonly kind: 'backoff' }
  | { readonly kind: 'after'; readonly ms: number }

const never: Retry = { kind: 'never' }
const backoff: Retry = { kind: 'backoff' }

/** One row a code: the stage it belongs to and whether the same commit may succeed later. */
export const errorTable = {
  CONFIG_INVALID: { stage: 'config', retry: never },
  INSTANCE_UNREACHABLE: { stage: 'config', retry: never },
  INSTANCE_REFUSED: { stage: 'config', retry: never },
  LOCAL_STACK_FAILED: { stage: 'config', retry: never },
  TOOL_MISSING: { stage: 'config', retry: never },

  DELIVERY_UNAUTHENTICATED: { stage: 'receive', retry: never },
  DELIVERY_MALFORMED: { stage: 'receive', retry: never },

  QUEUE_UNAVAILABLE: { stage: 'queue', retry: backoff },
  QUEUE_POLICY: { stage: 'queue', retry: never },

  SOURCE_UNREACHABLE: { stage: 'source', retry: backoff },
  SOURCE_DENIED: { stage: 'source', retry: backoff },
  SOURCE_HOST_KEY: { stage: 'source', retry: never },
  SOURCE_REFUSED: { stage: 'source', retry: never },
  SOURCE_BRANCH_GONE: { stage: 'source', retry: never },
  SOURCE_REVISION_GONE: { stage: 'source', retry: backoff },
  SOURCE_PATH_GONE: { stage: 'source', retry: never },
  SOURCE_NOT_FAST_FORWARD: { stage: 'source', retry: never },
  SOURCE_TIMEOUT: { stage: 'source', retry: backoff },
  SOURCE_CORRUPT: { stage: 'source', retry: backoff },

  RENDER_FAILED: { stage: 'render', retry: never },
  RENDER_INVALID: { stage: 'render', retry: never },
  RENDER_LIMIT: { stage: 'render', retry: never },
  RENDER_REFUSED: { stage: 'render', retry: never },
  RENDER_TIMEOUT: { stage: 'render', retry: backoff },

  PLAN_NOT_ALLOWED: { stage: 'plan', retry: never },
  PLAN_REJECTED: { stage: 'plan', retry: never },
  PLAN_ORDER_INVALID: { stage: 'plan', retry: never },
  PLAN_OWNED_BY_OTHER: { stage: 'plan', retry: never },
  PLAN_UNKNOWN_KIND: { stage: 'plan', retry: backoff },
  PLAN_SERVICE_ACCOUNT_MISSING: { stage: 'plan', retry: backoff },
  INVENTORY_UNREADABLE: { stage: 'plan', retry: never },

  CLUSTER_UNREACHABLE: { stage: 'apply', retry: backoff },
  CLUSTER_UNAUTHENTICATED: { stage: 'apply', retry: backoff },
  CLUSTER_FORBIDDEN: { stage: 'apply', retry: never },
  CLUSTER_THROTTLED: { stage: 'apply', retry: backoff },
  CLUSTER_ERROR: { stage: 'apply', retry: backoff },
  OBJECT_INVALID: { stage: 'apply', retry: never },
  OBJECT_IMMUTABLE: { stage: 'apply', retry: never },
  OBJECT_CONFLICT: { stage: 'apply', retry: backoff },
  OBJECT_NOT_FOUND: { stage: 'apply', retry: backoff },
  OBJECT_TERMINATING: { stage: 'apply', retry: backoff },
  ADMISSION_DENIED: { stage: 'apply', retry: never },
  ADMISSION_UNAVAILABLE: { stage: 'apply', retry: backoff },
  ADMISSION_NO_DRY_RUN: { stage: 'apply', retry: never },
  APPLY_INCOMPLETE: { stage: 'apply', retry: backoff },
  PRE_SYNC_FAILED: { stage: 'apply', retry: never },
  FENCE_LOST: { stage: 'apply', retry: backoff },

  PRUNE_REFUSED: { stage: 'prune', retry: never },
  PRUNE_INCOMPLETE: { stage: 'prune', retry: backoff },

  HEALTH_DEGRADED: { stage: 'health', retry: never },
  HEALTH_TIMEOUT: { stage: 'health', retry: never },
  POST_SYNC_FAILED: { stage: 'health', retry: never },
  SYNC_TIMEOUT: { stage: 'apply', retry: backoff },
  SYNC_INTERRUPTED: { stage: 'apply', retry: backoff },
  SYNC_QUARANTINED: { stage: 'apply', retry: never },

  FORGE_UNREACHABLE: { stage: 'report', retry: backoff },
  FORGE_DENIED: { stage: 'report', retry: never },
  FORGE_REJECTED: { stage: 'report', retry: never },
  FORGE_THROTTLED: { stage: 'report', retry: backoff },

  INTERNAL: { stage: 'apply', retry: backoff },
} as const satisfies Record<string, { stage: Stage; retry: Retry }>

export type ErrorCode = keyof typeof errorTable

/** What one error is about: an object of the cluster, and where Git declares it. */
export interface ErrorSubject {
  readonly object?: string
  readonly file?: string
  readonly line?: number
  readonly message: string
}

interface StageErrorOptions {
  readonly cause?: unknown
  readonly retry?: Retry
  readonly subjects?: readonly ErrorSubject[]
  readonly service?: ServiceName | undefined
}

interface ServiceName {
  readonly namespace: string
  readonly name: string
}

/**
 * A stage that could not go on. `message` begins with the code, since BullMQ stores nothing but
 * the message; `text` is the sentence for a person: what was tried on what, why, what to do next.
 */
export class StageError extends Error {
  override readonly name = 'StageError'
  readonly code: ErrorCode
  readonly text: string
  readonly stage: Stage
  readonly retry: Retry
  readonly subjects: readonly ErrorSubject[]
  /** Of ADMISSION_UNAVAILABLE: the Service of the webhook that does not answer, where it has one. */
  readonly service: ServiceName | undefined

  constructor(code: ErrorCode, text: string, options: StageErrorOptions = {}) {
    super(`${code}: ${text}`, { cause: options.cause })
    this.code = code
    this.text = text
    this.stage = errorTable[code].stage
    this.retry = options.retry ?? errorTable[code].retry
    this.subjects = options.subjects ?? []
    this.service = options.service
  }
}

/** The same failure as a StageError: one passes through, anything else becomes INTERNAL. */
export function asStageError(error: unknown): StageError {
  if (error instanceof StageError) return error
  const text = error instanceof Error ? error.message : String(error)
  return new StageError('INTERNAL', text, { cause: error })
}
