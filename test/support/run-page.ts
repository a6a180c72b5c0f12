import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'
import { type DocPage, readDocPage } from './doc-pages.ts'

const checkout = join(import.meta.dirname, '../..')

interface BlockRun {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The shell blocks of a page, to be run one after another as a reader would. */
export interface PageRun {
  readonly page: DocPage
  /** Puts a program into the reader's PATH. */
  useProgram(file: string): void
  /** The text of the first block that holds `part`, with the reader's folder in it. */
  block(part: string): string
  /** Runs that block to its end. */
  run(part: string): Promise<BlockRun>
  /** Runs any line as if it stood in the page. */
  line(command: string): Promise<BlockRun>
  /** Starts that block, and ends it with the test. */
  start(part: string): { stop(): Promise<void> }
}

interface PageOptions {
  /** What stands for a folder of its own in the page, and that folder. */
  readonly folder: readonly [string, string]
  readonly cwd?: string
}

/** `landfall` is this checkout; git knows who commits. */
export function runPage(t: Test, path: string, options: PageOptions): PageRun {
  const page = readDocPage(path)
  const { folder, cwd = checkout } = options
  const env: NodeJS.ProcessEnv = { ...process.env, ...identity }
  const block = (part: string) => {
    const found = page.blocks.find(({ text }) => text.includes(part))
    if (found === undefined) throw new Error(`${path} has no block with ${part}`)
    return found.text.replaceAll(...folder)
  }
  const shell = (script: string) =>
    spawn('/bin/bash', ['-euo', 'pipefail', '-c', `${preamble}\n${script}`], { cwd, env })
  const line = async (script: string): Promise<BlockRun> => {
    const child = shell(script)
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
    return { code: await ended, stdout, stderr }
  }
  return {
    page,
    block,
    useProgram(file) {
      env['PATH'] = [dirname(file), env['PATH']].join(delimiter)
    },
    line,
    run: (part) => line(block(part)),
    start(part) {
      // Of one command: what it is replaced by hears the signal.
      const child = shell(block(part).replace('landfall ', 'exec_landfall '))
      child.stdout.resume()
      child.stderr.resume()
      const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
      const stop = () => {
        child.kill('SIGINT')
        return ended
      }
      t.teardown(stop)
      return { stop }
    },
  }
}

const program = `"${process.execPath}" "${join(checkout, 'workers/landfall.ts')}"`
const preamble = `landfall() { ${program} "$@"; }; exec_landfall() { exec ${program} "$@"; }`

const identity = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
}

/** Removed after the test. */
export async function readersFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'landfall-page-'))
  t.teardown(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}
