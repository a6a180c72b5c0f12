import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { StageError } from '../domain/error.ts'
import { findChecksum } from './find-checksum.ts'
import type { WantedTool } from './find-tool.ts'
import { fillTemplate } from './tool-pins.ts'

const run = promisify(execFile)
const checksumTimeoutMs = 15_000
const downloadTimeoutMs = 15 * 60_000

export type DownloadOutcome =
  | { readonly kind: 'downloaded' }
  /** `offline`: no server was reached at all. */
  | { readonly kind: 'unavailable'; readonly reason: string; readonly offline: boolean }

/**
 * Fetches the official release of a tool to `target`. TOOL_MISSING, with nothing left at `target`,
 * when it is not what its publisher's checksum says.
 */
export async function downloadTool(tool: WantedTool, target: string): Promise<DownloadOutcome> {
  const { pin, platform } = tool
  const fill = (template: string) => fillTemplate(template, pin.version, platform)
  const url = fill(pin.download.url)
  const archive = `${target}.download`
  try {
    const expected = await fetchChecksum(fill(pin.download.checksums), fileNameOf(url))
    const actual = await fetchTo(url, archive)
    if (actual !== expected) throw mismatch(url, expected, actual)
    const { member } = pin.download
    if (member === undefined) await rename(archive, target)
    else await extract(archive, fill(member), target)
    return { kind: 'downloaded' }
  } catch (error: unknown) {
    if (error instanceof StageError) throw error
    return { kind: 'unavailable', ...describeFailure(error) }
  } finally {
    await rm(archive, { force: true })
  }
}

async function fetchChecksum(url: string, fileName: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(checksumTimeoutMs) })
  if (!response.ok) throw new HttpStatus(url, response.status)
  const found = findChecksum(await response.text(), fileName)
  if (found === undefined) throw new Error(`${url} gives no sha256 for ${fileName}`)
  return found
}

async function fetchTo(url: string, file: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(downloadTimeoutMs) })
  if (!response.ok || response.body === null) throw new HttpStatus(url, response.status)
  const hash = createHash('sha256')
  const tap = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      hash.update(chunk)
      done(null, chunk)
    },
  })
  await pipeline(Readable.fromWeb(response.body), tap, createWriteStream(file))
  return hash.digest('hex')
}

async function extract(archive: string, member: string, target: string): Promise<void> {
  const folder = `${target}.unpacked`
  await mkdir(folder)
  try {
    await run('tar', ['-xzf', archive, '-C', folder, member])
    await rename(join(folder, member), target)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

class HttpStatus extends Error {
  constructor(url: string, status: number) {
    super(`${url} answers ${status}`)
  }
}

function fileNameOf(url: string): string {
  return basename(new URL(url).pathname)
}

function mismatch(url: string, expected: string, actual: string): StageError {
  const text = `${url} is not what its publisher says: its sha256 is ${actual}, expected ${expected}; it was thrown away, try again later or from another network`
  return new StageError('TOOL_MISSING', text)
}

// What fetch says when no connection came about: TypeError with the system's error as cause.
function describeFailure(error: unknown): { reason: string; offline: boolean } {
  if (!(error instanceof Error)) return { reason: String(error), offline: false }
  if (error.name === 'TimeoutError') return { reason: 'no answer in time', offline: true }
  const { cause } = error
  if (error instanceof TypeError && cause instanceof Error && 'code' in cause) {
    return { reason: cause.message === '' ? String(cause.code) : cause.message, offline: true }
  }
  return { reason: error.message, offline: false }
}
