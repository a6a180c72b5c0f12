import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'

const ownProgram = join(import.meta.dirname, '../../workers/landfall.ts')

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A `landfall start` in a process of its own. */
export interface Instance {
  readonly pid: number
  /** Where it receives webhooks; empty: it is a worker only. */
  readonly url: string
  readonly ended: Promise<Exit>
  isRunning(): boolean
  /** Everything it wrote to stdout and stderr so far. */
  output(): string
  kill(signal: NodeJS.Signals): Promise<Exit>
}

interface InstanceOptions {
  readonly config: string
  readonly env: Readonly<Record<string, string>>
  readonly args: readonly string[]
  /** The program of another checkout, or one that was built; by default this one's source. */
  readonly program?: string | undefined
  /** A command that runs the one given after it. */
  readonly within?: readonly string[]
}

/** Resolves once it says that it runs. */
export async function startInstance(options: InstanceOptions): Promise<Instance> {
  const { config, args } = options
  const child = run(['start', '--config', config, ...args], options)
  const lines: string[] = []
  const { promise: ready, resolve, reject } = Promise.withResolvers<string>()
  const ended = once(child, 'close').then(([code, signal]): Exit => ({ code, signal }))
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line)
    if (!line.includes('"landfall runs"')) return
    const { url = '' } = JSON.parse(line) as { url?: string }
    resolve(url)
  })
  createInterface({ input: child.stderr }).on('line', (line) => lines.push(line))
  const output = () => lines.join('\n')
  const end = async () => {
    await ended
    reject(new Error(`landfall start ended: ${output()}`))
  }
  // Its rejection is the one of `ready`, awaited below.
  void end()
  return {
    pid: child.pid ?? 0,
    url: await ready,
    ended,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    output,
    kill(signal) {
      child.kill(signal)
      return ended
    },
  }
}

export interface CommandRun {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs one command of the `landfall` program to its end. */
export async function runLandfall(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<CommandRun> {
  const child = run(args, { env })
  const closed = once(child, 'close')
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  const [code] = await closed
  return { code, stdout, stderr }
}

function run(
  args: readonly string[],
  options: Pick<InstanceOptions, 'env' | 'program' | 'within'>,
) {
  const { env, program = ownProgram, within = [] } = options
  const [file = '', ...rest] = [...within, process.execPath, program, ...args]
  const child: ChildProcess = spawn(file, rest, {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const { stdout, stderr } = child
  if (stdout === null || stderr === null) throw new Error('no pipes')
  return Object.assign(child, { stdout, stderr })
}
