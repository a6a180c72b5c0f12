import type { Redis } from 'ioredis'
import type { ApplicationStatus } from '../domain/application-status.ts'
import { boundRecord } from '../domain/bound-record.ts'
import type { SyncRecord } from '../domain/sync.ts'
import type { Keys } from './keys.ts'

const keptMs = 30 * 86_400_000
const keptPerApplication = 50
/** Layout of what is stored; another one is as good as none. */
const version = 1

/** What syncs did, and how they left their applications: a cache of what the cluster holds. */
export interface RecordStore {
  save(record: SyncRecord): Promise<void>
  saveStatus(status: ApplicationStatus): Promise<void>
  sync(id: string): Promise<SyncRecord | undefined>
  /** Newest first. */
  syncs(application: string): Promise<readonly SyncRecord[]>
  hasSyncs(application: string): Promise<boolean>
  statuses(applications: readonly string[]): Promise<readonly (ApplicationStatus | undefined)[]>
}

export function createRecordStore(redis: Redis, keys: Keys): RecordStore {
  return {
    async save(record) {
      const bounded = boundRecord(record)
      const list = keys.syncs(record.application)
      await redis
        .multi()
        .set(keys.sync(record.id), seal(bounded), 'PX', keptMs)
        .zadd(list, Date.parse(record.startedAt), record.id)
        .zremrangebyrank(list, 0, -keptPerApplication - 1)
        .pexpire(list, keptMs)
        .exec()
    },

    async saveStatus(status) {
      await redis.hset(keys.statuses, status.name, seal(status))
    },

    async sync(id) {
      return unseal<SyncRecord>(await redis.get(keys.sync(id)))
    },

    async syncs(application) {
      const ids = await redis.zrevrange(keys.syncs(application), 0, -1)
      if (ids.length === 0) return []
      const texts = await redis.mget(ids.map((id) => keys.sync(id)))
      return texts.flatMap((text) => unseal<SyncRecord>(text) ?? [])
    },

    async hasSyncs(application) {
      return (await redis.exists(keys.syncs(application))) === 1
    },

    async statuses(applications) {
      if (applications.length === 0) return []
      const texts = await redis.hmget(keys.statuses, ...applications)
      return texts.map((text) => unseal<ApplicationStatus>(text))
    },
  }
}

function seal(value: SyncRecord | ApplicationStatus): string {
  return JSON.stringify({ v: version, value })
}

function unseal<T>(text: string | null): T | undefined {
  if (text === null) return undefined
  const stored = JSON.parse(text) as { v?: unknown; value?: T } // -- written by `seal` alone
  return stored.v === version ? stored.value : undefined
}
