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
  /** Of one that has ended before, the first end counts. */
  heal(ids: readonly string[], heal: WitnessedHeal): Promise<void>
  /** What undid Git, what was refused, and what undid nothing; newest first. */
  list(application: string): Promise<readonly KeptWitnessRecord[]>
  /** What undid Git and has not ended, shells aside; newest first. */
  open(application: string): Promise<readonly KeptWitnessRecord[]>
  /** False: it was told a moment ago. */
  isNewShell(shell: string): Promise<boolean>
}

export function createWitnessRecords(redis: Redis, keys: Keys): WitnessRecords {
  // The first of them is all of its kind.
  const listsOf = (record: WitnessRecord) =>
    (isOpen(record) ? (['drift', 'open'] as const) : [kindOf(record)]).map((list) =>
      keys.witnessed(record.application, list),
    )

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
        const most = kept[kindOf(record)]
        const { id, at } = record
        const text = JSON.stringify(record)
        const args = [id, Date.parse(at), text, most, keptMs, keys.witness('')]
        await addOne(redis, [keys.witness(id), ...listsOf(record)], args)
      }),

    drop: (record) =>
      answering(async () => {
        await dropOne(redis, [keys.witness(record.id), ...listsOf(record)], [record.id])
      }),

    heal: (ids, heal) =>
      answering(async () => {
        await healAll(redis, ids.map(keys.witness), [JSON.stringify(heal)])
      }),

    list: (application) =>
      answering(async () => {
        const kinds = ['drift', 'refused', 'other'] as const
        const lists = kinds.map((kind) => keys.witnessed(application, kind))
        const ids = await Promise.all(lists.map((list) => redis.zrevrange(list, 0, -1)))
        const records = await read(ids.flat())
        return records.toSorted((a, b) => b.at.localeCompare(a.at))
      }),

    open: (application) =>
      answering(async () => {
        const list = keys.witnessed(application, 'open')
        const ids = await redis.zrevrange(list, 0, -1)
        const open = (await read(ids)).filter(({ heal }) => heal === undefined)
        const isStill = new Set(open.map(({ id }) => id))
        const ended = ids.filter((id) => !isStill.has(id))
        if (ended.length > 0) await redis.zrem(list, ...ended)
        return open
      }),

    isNewShell: (shell) =>
      answering(
        async () => (await redis.set(keys.shell(shell), '1', 'PX', sameShellMs, 'NX')) === 'OK',
      ),
  }
}

// What was overtaken need not have come to pass.
const dropOne = createLuaScript(`
local heal = redis.call('HGET', KEYS[1], 'heal')
if heal and not cjson.decode(heal).overtaken then return 0 end
redis.call('DEL', KEYS[1])
for index = 2, #KEYS do redis.call('ZREM', KEYS[index], ARGV[1]) end
return 1
`)

/** None of them pushes out another: somebody may try, or a controller write, every few seconds. */
function kindOf({ isDrift, outcome }: WitnessRecord): keyof typeof kept {
  if (outcome === 'denied') return 'refused'
  return isDrift ? 'drift' : 'other'
}

/** A shell ends with its pod, whatever a sync does. */
function isOpen(record: WitnessRecord): boolean {
  return kindOf(record) === 'drift' && record.pod === undefined
}

// What no list names any more is gone whole.
const addOne = createLuaScript(`
local id, at, record, kept, ms, prefix = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
redis.call('HSET', KEYS[1], 'record', record)
redis.call('PEXPIRE', KEYS[1], ms)
for index = 2, #KEYS do
  redis.call('ZADD', KEYS[index], at, id)
  redis.call('PEXPIRE', KEYS[index], ms)
end
for _, old in ipairs(redis.call('ZRANGE', KEYS[2], 0, -tonumber(kept) - 1)) do
  redis.call('DEL', prefix .. old)
  for index = 2, #KEYS do redis.call('ZREM', KEYS[index], old) end
end
return 1
`)

// One that is gone by now does not come back.
const healAll = createLuaScript(`
for _, key in ipairs(KEYS) do
  if redis.call('EXISTS', key) == 1 then redis.call('HSETNX', key, 'heal', ARGV[1]) end
end
return 1
`)
