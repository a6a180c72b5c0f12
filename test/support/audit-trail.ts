import { randomBytes } from 'node:crypto'
import { open, readdir, stat } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
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
  const { size } = await stat(file)
  const text =
    size >= from
      ? await readFrom(file, from)
      : (await readFrom(await lastRotated(file), from)) + (await readFrom(file, 0))
  // The last line is empty, or only half written.
  const lines = text.split('\n').slice(0, -1)
  return lines.map((line): AuditEvent => JSON.parse(line))
}

async function readFrom(file: string, from: number): Promise<string> {
  await using handle = await open(file)
  const length = Math.max(0, (await handle.stat()).size - from)
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, from)
  return buffer.subarray(0, bytesRead).toString('utf8')
}

/** Of `audit.log`, at 100 MB: `audit-2026-01-01T00-00-00.000.log`. */
async function lastRotated(file: string): Promise<string> {
  const name = basename(file, extname(file))
  const rotated = (await readdir(dirname(file))).filter((one) => one.startsWith(`${name}-`))
  return join(dirname(file), rotated.toSorted().at(-1) ?? basename(file))
}
