import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connectRedis } from '../../src/queue/connect.ts'
import type { FaultRig } from './fault-rig.ts'
import type { RigProcess } from './rig-process.ts'
import { rise, type Sample } from './slope.ts'

/** What must not rise, and by how much it may while the memory of Node finds its level. */
const limits: Readonly<Record<string, number>> = {
  'MiB of memory': 64,
  'open files': 12,
  'Redis keys without an end': 20,
  'temporary files': 4,
}

export interface SoakMeter {
  measure(): Promise<void>
  /** What rose, after the first third of the time. */
  leaks(): string[]
}

export function createSoakMeter(rig: FaultRig, steady: readonly RigProcess[]): SoakMeter {
  const begun = performance.now()
  const series = new Map<string, Sample[]>()
  const add = (name: string, value: number) => {
    const samples = series.get(name) ?? []
    samples.push({ minute: (performance.now() - begun) / 60_000, value })
    series.set(name, samples)
  }
  return {
    async measure() {
      for (const { name, instance, dataDir } of steady) {
        const pages = (await readFile(`/proc/${instance.pid}/statm`, 'utf8')).split(' ')[1]
        add(`MiB of memory of ${name}`, (Number(pages) * 4_096) / 2 ** 20)
        add(`open files of ${name}`, (await readdir(`/proc/${instance.pid}/fd`)).length)
        // Where the process sees it: it may be on a disk of its own.
        const seen = join('/proc', String(instance.pid), 'root', dataDir, 'tmp')
        const temporary = await readdir(seen).catch(() => [])
        add(`temporary files of ${name}`, temporary.length)
      }
      add('Redis keys without an end', await keysWithoutEnd(rig.receiver.redisUrl))
    },
    leaks() {
      return Array.from(series).flatMap(([name, samples]) => {
        const kept = samples.slice(Math.floor(samples.length / 3))
        const limit = Object.entries(limits).find(([what]) => name.startsWith(what))?.[1] ?? 0
        const risen = rise(kept)
        return risen > limit ? [`${name} rose by ${risen.toFixed(1)}`] : []
      })
    },
  }
}

/** Jobs have none either, but of those that are done BullMQ keeps so many and no more. */
async function keysWithoutEnd(url: string): Promise<number> {
  const redis = connectRedis(url, 'worker', () => {})
  const keys = (await redis.keys('*')).filter((key) => !/:queue:[a-z]+:\d+$/.test(key))
  const ends = await Promise.all(keys.map((key) => redis.pttl(key)))
  redis.disconnect()
  return ends.filter((ms) => ms === -1).length
}
