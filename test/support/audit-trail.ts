import { randomBytes } from 'node:crypto'
import { open, stat } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

/** The fields of audit.k8s.io/v1 Event that tests look at. */
export interface AuditEvent {
  readonly verb: string
  readonly requestURI: string
  readonly stage: string
  /** ISO 8601, with microseconds. */
  readonly requestReceivedTimestamp: string
  readonly stageTimestamp: string
  readonly userAgent?: string
  readonly user: { readonly username: string; readonly groups?: readonly string[] }
  readonly impersonatedUser?: { readonly username: string }
  readonly objectRef?: {
    readonly resource?: string
    readonly namespace?: string
    readonly name?: string
    readonly subresource?: string
    readonly apiGroup?: string
  }
  readonly responseStatus?: { readonly code: number }
}

export interface AuditTrail {
  /**
   * What was answered since the trail began, in the order of the answers. A watch counts once it
   * has ended.
   */
  events(): Promise<readonly AuditEvent[]>
}

const timeoutMs = 10_000

/** `ask` makes a request that the log shows: where it appears, all earlier answers have. */
export async function startAuditTrail(
  file: string,
  ask: (path: string) => Promise<unknown>,
): Promise<AuditTrail> {
  const mark = async () => {
    const path = `/version?mark=${randomBytes(8).toString('hex')}`
    await ask(path)
    return path
  }
  const begun = await mark()
  const { size } = await stat(file)
  return {
    events: async () => {
      const last = await mark()
      const deadline = performance.now() + timeoutMs
      while (performance.now() < deadline) {
        const events = await readEvents(file, size)
        const end = events.findIndex(({ requestURI }) => requestURI === last)
        if (end >= 0) return events.slice(0, end).filter(({ requestURI }) => requestURI !== begun)
        await delay(20)
      }
      throw new Error(`${file} does not show ${last} within ${timeoutMs / 1000} s`)
    },
  }
}

async function readEvents(file: string, from: number): Promise<readonly AuditEvent[]> {
  await using handle = await open(file)
  const { size } = await handle.stat()
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - from), 0, size - from, from)
  const lines = buffer.subarray(0, bytesRead).toString('utf8').split('\n')
  // The last line is empty, or only half written.
  return lines.slice(0, -1).map((line): AuditEvent => JSON.parse(line))
}
