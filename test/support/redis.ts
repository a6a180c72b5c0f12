import { mkdtemp, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmbeddedRedis, startRedis } from '../../src/local/embedded-redis.ts'
import { requireRedis } from '../../src/local/stack-tools.ts'
import { readToolPins } from '../../src/local/tool-pins.ts'
import type { Scope } from './scope.ts'
import { diskOf, onSmallDisk, type SmallDisk } from './small-disk.ts'

export interface TestRedis {
  readonly url: string
  stop(): Promise<void>
  /** `kill -9`; of what it appended to its file, the last `lostBytes` never reached the disk. */
  kill(lostBytes: number): Promise<void>
  /** Again, at the same url, with the data it had. */
  start(): Promise<void>
  /** The one it writes to; only where it has one of its own. */
  disk(): SmallDisk
}

/**
 * A real redis-server of this test's own, so that it may flush, stop or reconfigure it: starting
 * one takes some 40 ms.
 * With `diskBytes` it writes to a disk of that size, which is gone when it stops.
 */
export async function testRedis(t: Scope, diskBytes?: number): Promise<TestRedis> {
  const server = await requireRedis(await readToolPins(), process.env)
  const dataDir = await mkdtemp(join(tmpdir(), 'landfall-redis-'))
  const program = diskBytes === undefined ? server : await onDisk(server, dataDir, diskBytes)
  let pid = 0
  const start = (throwaway: boolean, port?: number) =>
    startRedis({
      dataDir,
      program,
      throwaway,
      lifetime: 'parent',
      onStart: (identity) => {
        pid = identity.pid
      },
      ...(port === undefined ? {} : { port }),
    })
  let running: EmbeddedRedis = await start(true)
  const { url } = running
  t.teardown(async () => {
    await running.stop()
    await rm(dataDir, { recursive: true, force: true })
  })
  return {
    url,
    stop: () => running.stop(),
    async kill(lostBytes) {
      process.kill(pid, 'SIGKILL')
      await running.stop()
      const file = join(dataDir, 'redis', 'appendonlydir', 'appendonly.aof.1.incr.aof')
      const { size } = await stat(file)
      await truncate(file, Math.max(size - lostBytes, 0))
    },
    disk: () => diskOf(pid, join(dataDir, 'redis', diskFolder)),
    start: async () => {
      running = await start(false, Number(new URL(url).port))
    },
  }
}

const diskFolder = 'disk'

/** A program that is redis-server, and finds what it keeps on a disk of its own. */
async function onDisk(server: string, dir: string, bytes: number): Promise<string> {
  const program = join(dir, 'redis-on-a-small-disk')
  const quoted = [...onSmallDisk(diskFolder, bytes, diskFolder), server].map((word) => `'${word}'`)
  const text = `#!/bin/sh\nexec ${quoted.join(' ')} ../redis.conf\n`
  await writeFile(program, text, { mode: 0o700 })
  return program
}
