import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmbeddedRedis, startRedis } from '../../src/local/embedded-redis.ts'
import { requireRedis } from '../../src/local/stack-tools.ts'
import { readToolPins } from '../../src/local/tool-pins.ts'
import type { Scope } from './scope.ts'

export interface TestRedis {
  readonly url: string
  stop(): Promise<void>
  /** Again, at the same url, with the data it had. */
  start(): Promise<void>
}

/**
 * A real redis-server of this test's own, so that it may flush, stop or reconfigure it: starting
 * one takes some 40 ms.
 */
export async function testRedis(t: Scope): Promise<TestRedis> {
  const program = await requireRedis(await readToolPins(), process.env)
  const dataDir = await mkdtemp(join(tmpdir(), 'landfall-redis-'))
  const start = (throwaway: boolean, port?: number) =>
    startRedis({
      dataDir,
      program,
      throwaway,
      lifetime: 'parent',
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
    start: async () => {
      running = await start(false, Number(new URL(url).port))
    },
  }
}
