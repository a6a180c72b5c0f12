import type { Redis } from 'ioredis'
import type { KeptWitnessRecord, WitnessedHeal, WitnessRecord } from '../domain/witness-record.ts'
import { answering } from './answering.ts'
import type { Keys } from './keys.ts'
import { createLuaScript } from './lua-script.ts'

const keptMs = 30 * 86_400_000
const kept = { drift: 500, refused: 100, other: 100 } as const
const sameShellMs = 3_000

/** Who did what, of each application. Every method throws QUEUE_UNAVAILABLE within 2 s. */
export interface WitnessRecords {
  add(record: WitnessRecord): Promise<void>
  /** It did not come to pass; one that was undone did. */
  drop(record: WitnessRecord): Promise<void>
  heal(ids: readonly string[], heal: WitnessedHeal): Promise<void>
  /** What undid Git, what was refused, and what undid nothing; newest first. */
  list(application: string): Promise<readonly KeptWitnessRecord[]>
  /** Of what undid Git, the newest. */
  recent(application: string, count: number): Promise<readonly KeptWitnessRecord[]>
  /** False: it was told a moment ago. */
  isNewShell(shell: string): Promise<boolean>
}

export function createWitnessRecords(redis: Redis, keys: Keys): WitnessRecords {
  const listOf = (record: WitnessRecord) => keys.witnessed(record.application, kindOf(record))

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
        const most = kept[kindOf(record)]
        await addOne(
          redis,
          [key, list],
          [
            record.id,
            Date.parse(record.at),
            JSON.stringify(record),
            most,
            keptMs,
            keys.witness(''),
          ],
        )
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
        const kinds = ['drift', 'refused', 'other'] as const
        const lists = kinds.map((kind) => keys.witnessed(application, kind))
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

/** None of them pushes out another: somebody may try, or a controller write, every few seconds. */
function kindOf({ isDrift, outcome }: WitnessRecord): keyof typeof kept {
  if (outcome === 'denied') return 'refused'
  return isDrift ? 'drift' : 'other'
}

// What no list names any more is gone whole.
const addOne = createLuaScript(`
local id, at, record, kept, ms, prefix = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
redis.call('HSET', KEYS[1], 'record', record)
redis.call('PEXPIRE', KEYS[1], ms)
redis.call('ZADD', KEYS[2], at, id)
redis.call('PEXPIRE', KEYS[2], ms)
for _, old in ipairs(redis.call('ZRANGE', KEYS[2], 0, -tonumber(kept) - 1)) do
  redis.call('DEL', prefix .. old)
  redis.call('ZREM', KEYS[2], old)
end
return 1
`)

// One that is gone by now does not come back.
const healOne = createLuaScript(`
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSETNX', KEYS[1], 'heal', ARGV[1])
return 1
`)
