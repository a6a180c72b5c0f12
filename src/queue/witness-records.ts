import type { Redis } from 'ioredis'
import type { KeptWitnessRecord, WitnessedHeal, WitnessRecord } from '../domain/witness-record.ts'
import { answering } from './answering.ts'
import type { Keys } from './keys.ts'
import { createLuaScript } from './lua-script.ts'

const keptMs = 30 * 86_400_000
const keptDrift = 500
const keptOther = 100
const sameShellMs = 10_000

/** Who did what, of each application. Every method throws QUEUE_UNAVAILABLE within 2 s. */
export interface WitnessRecords {
  add(record: WitnessRecord): Promise<void>
  /** It did not come to pass; one that was undone did. */
  drop(record: WitnessRecord): Promise<void>
  heal(ids: readonly string[], heal: WitnessedHeal): Promise<void>
  /** What undid Git, and what did not; newest first. */
  list(application: string): Promise<readonly KeptWitnessRecord[]>
  /** Of what undid Git, the newest. */
  recent(application: string, count: number): Promise<readonly KeptWitnessRecord[]>
  /** False: it was told a moment ago. */
  isNewShell(shell: string): Promise<boolean>
}

export function createWitnessRecords(redis: Redis, keys: Keys): WitnessRecords {
  const listOf = ({ application, isDrift }: Pick<WitnessRecord, 'application' | 'isDrift'>) =>
    keys.witnessed(application, isDrift ? 'drift' : 'other')

  async function read(ids: readonly string[]): Promise<KeptWitnessRecord[]> {
    if (ids.length === 0) return []
    const pipeline = redis.pipeline()
    for (const id of ids) pipeline.hmget(keys.witness(id), 'record', 'heal')
    const answers = (await pipeline.exec()) ?? []
    return answers.flatMap(([error, texts]) => {
      if (error !== null) throw error
      const [record, heal] = texts as readonly (string | null)[]
      if (record === null || record === undefined) return []
      // Written below alone.
      const told = JSON.parse(record) as WitnessRecord
      const healed = typeof heal === 'string' ? (JSON.parse(heal) as WitnessedHeal) : undefined
      return [{ ...told, heal: healed }]
    })
  }

  return {
    add: (record) =>
      answering(async () => {
        const key = keys.witness(record.id)
        const list = listOf(record)
        const kept = record.isDrift ? keptDrift : keptOther
        await redis
          .multi()
          .hset(key, 'record', JSON.stringify(record))
          .pexpire(key, keptMs)
          .zadd(list, Date.parse(record.at), record.id)
          .zremrangebyrank(list, 0, -kept - 1)
          .pexpire(list, keptMs)
          .exec()
      }),

    drop: (record) =>
      answering(async () => {
        await dropOne(redis, [keys.witness(record.id), listOf(record)], [record.id])
      }),

    heal: (ids, heal) =>
      answering(async () => {
        const text = JSON.stringify(heal)
        for (const id of ids) await healOne(redis, [keys.witness(id)], [text])
      }),

    list: (application) =>
      answering(async () => {
        const lists = (['drift', 'other'] as const).map((what) => keys.witnessed(application, what))
        const ids = await Promise.all(lists.map((list) => redis.zrevrange(list, 0, -1)))
        const records = await read(ids.flat())
        return records.toSorted((a, b) => b.at.localeCompare(a.at))
      }),

    recent: (application, count) =>
      answering(async () =>
        read(await redis.zrevrange(keys.witnessed(application, 'drift'), 0, count - 1)),
      ),

    isNewShell: (shell) =>
      answering(
        async () => (await redis.set(keys.shell(shell), '1', 'PX', sameShellMs, 'NX')) === 'OK',
      ),
  }
}

const dropOne = createLuaScript(`
if redis.call('HEXISTS', KEYS[1], 'heal') == 1 then return 0 end
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[1])
return 1
`)

// One that is gone by now does not come back.
const healOne = createLuaScript(`
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSETNX', KEYS[1], 'heal', ARGV[1])
return 1
`)
