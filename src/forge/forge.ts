import type { IncomingHttpHeaders } from 'node:http'
import type { CommitStatus } from '../domain/commit-status.ts'
import type { ForgeEvent } from '../domain/event.ts'

/** One configured forge: verifies deliveries, reads them, and is told how a commit went. */
export interface Forge {
  readonly key: string
  /** False when the headers alone show that no body can verify; asked before the body is read. */
  admits(headers: IncomingHttpHeaders): boolean
  /** Whether any of the configured secrets signed exactly these bytes. Never throws. */
  verifies(headers: IncomingHttpHeaders, rawBody: Buffer): Promise<boolean>
  /** The forge's own id of the delivery, the same on a redelivery. */
  deliveryId(headers: IncomingHttpHeaders): string | undefined
  /** Reads a verified payload; throws DELIVERY_MALFORMED. */
  event(headers: IncomingHttpHeaders, payload: unknown): ForgeEvent
  /**
   * Posts one status to the repository the operator configured. Throws FORGE_UNREACHABLE,
   * FORGE_THROTTLED (retry says when), FORGE_DENIED, FORGE_REJECTED.
   */
  postStatus(repo: string, status: CommitStatus, signal: AbortSignal): Promise<void>
}
