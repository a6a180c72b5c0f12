import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { StageError } from '../domain/error.ts'
import { findGuard } from '../sandbox/guard.ts'
import { awaitReady } from './await-ready.ts'
import { freePort } from './free-port.ts'
import { claimFile } from './lock-file.ts'
import { type ProcessIdentity, parseIdentity, thisProcess } from './process-identity.ts'
import { startDaemon } from './start-daemon.ts'
import { stopProcesses } from './stop-processes.ts'

export interface RedisOptions {
  /** Absolute; redis-server keeps its files in the folder `redis` of it. */
  readonly dataDir: string
  /** Path of redis-server. */
  readonly program: string
  /** Begins empty and does not wait for the disk. */
  readonly throwaway: boolean
  /** `parent`: it ends with this process, however that ends. */
  readonly lifetime: 'parent' | 'detached'
  /** A free one unless given. */
  readonly port?: number
  readonly onStart?: (identity: ProcessIdentity) => void
  readonly signal?: AbortSignal
}

export interface EmbeddedRedis {
  /** Contains the password. */
  readonly url: string
  /** Settles with a sentence when it has ended. Never rejects, keeps nobody alive. */
  readonly ended: Promise<string>
  stop(): Promise<void>
}

const processFile = 'process.json'

/**
 * A redis-server of our own on loopback with a random password, append-only and never evicting:
 * answering when it returns. LOCAL_STACK_FAILED when it does not start, or when another process
 * uses `dataDir`.
 */
export async function startRedis(options: RedisOptions): Promise<EmbeddedRedis> {
  const folder = join(options.dataDir, 'redis')
  if (options.throwaway) await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const claim = await claimFile(join(folder, 'lock'), thisProcess('landfall'))
  if (claim.kind === 'busy') throw inUse(folder, claim.holder)
  try {
    await stopLeftover(folder)
    const redis = await startIn(folder, options)
    const stop = async () => {
      await redis.stop()
      await claim.release()
    }
    return { ...redis, stop }
  } catch (error: unknown) {
    await claim.release()
    throw error
  }
}

/** Where the redis-server that uses `dataDir` answers, if one runs; undefined: none was started there. */
export async function ownRedisUrl(dataDir: string): Promise<string | undefined> {
  const folder = join(dataDir, 'redis')
  const conf = await readFile(join(folder, 'redis.conf'), 'utf8').catch(() => '')
  const port = /^port (\d+)$/m.exec(conf)?.[1]
  return port === undefined ? undefined : urlOf(Number(port), await readPassword(folder))
}

function urlOf(port: number, password: string): string {
  return `redis://:${password}@127.0.0.1:${port}`
}

// Two servers that append to one file destroy it.
function inUse(folder: string, holder: ProcessIdentity | undefined): StageError {
  const who = holder === undefined ? 'another process' : `process ${holder.pid}`
  const text = `${folder} is in use by ${who}: stop that Landfall, or give this one another dataDir`
  return new StageError('LOCAL_STACK_FAILED', text)
}

async function stopLeftover(folder: string): Promise<void> {
  const text = await readFile(join(folder, processFile), 'utf8').catch(() => undefined)
  const leftover = text === undefined ? undefined : parseIdentity(text)
  if (leftover !== undefined) await stopProcesses([leftover], 5000)
}

async function startIn(folder: string, options: RedisOptions): Promise<EmbeddedRedis> {
  const { program, throwaway, lifetime } = options
  const port = options.port ?? (await freePort())
  const password = await readPassword(folder)
  // In a file, since other users can read a command line.
  await writeFile(join(folder, 'redis.conf'), redisConf(port, password, throwaway), { mode: 0o600 })

  const daemon = startDaemon({
    name: 'redis-server',
    argv: [program, 'redis.conf'],
    cwd: folder,
    logFile: join(folder, 'redis.log'),
    guard: lifetime === 'parent' ? findGuard() : undefined,
  })
  options.onStart?.(daemon.identity)
  await writeFile(join(folder, processFile), JSON.stringify(daemon.identity))
  const stop = () => stopProcesses([daemon.identity], throwaway ? 0 : 5000)
  try {
    await awaitReady([daemon], () => ping(port, password), options.signal)
  } catch (error: unknown) {
    await stop()
    throw error
  }
  return { url: urlOf(port, password), ended: daemon.ended, stop }
}

function redisConf(port: number, password: string, throwaway: boolean): string {
  return [
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${password}`,
    'dir .',
    'save ""',
    'appendonly yes',
    `appendfsync ${throwaway ? 'no' : 'everysec'}`,
    'maxmemory-policy noeviction',
    'daemonize no',
    '',
  ].join('\n')
}

async function readPassword(folder: string): Promise<string> {
  const file = join(folder, 'password')
  if (!existsSync(file)) await writeFile(file, randomBytes(24).toString('hex'), { mode: 0o600 })
  return readFile(file, 'utf8')
}

// Answers +PONG once the append-only file is loaded; -LOADING before.
function ping(port: number, password: string): Promise<true | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.setEncoding('utf8').setTimeout(1000, () => socket.destroy())
    socket.once('error', reject)
    socket.once('close', () => resolve(answer.includes('+PONG') ? true : undefined))
    socket.on('data', (chunk: string) => {
      answer += chunk
      if (answer.split('\r\n').length > 2) socket.destroy()
    })
    socket.write(`AUTH ${password}\r\nPING\r\n`)
  })
}
