import type { Redis } from 'ioredis'
import type { TouchedPod } from '../domain/touched-pod.ts'
import type { Keys } from './keys.ts'
import { createLuaScript } from './lua-script.ts'

/** Pods in which somebody opened a shell, until they are gone. */
export interface TouchedPods {
  /** Looked at next at `lookAt` (ms since epoch), unless that is sooner already. */
  touch(pod: TouchedPod, lookAt: number): Promise<void>
  all(): Promise<readonly TouchedPod[]>
  /** Those to be looked at by now; none of them is given to anybody else until `claimedUntil`. */
  claim(now: number, claimedUntil: number): Promise<readonly TouchedPod[]>
  lookAgain(uid: string, at: number): Promise<void>
  /**
   * Whether this one may leave now: in each application one at a time, until it gives its turn back
   * or is forgotten. Who has the turn may ask again.
   */
  takeTurn(pod: Turn): Promise<boolean>
  /** Whether it had the turn. */
  endTurn(pod: Turn): Promise<boolean>
  forget(uid: string): Promise<void>
}

type Turn = Pick<TouchedPod, 'application' | 'uid'>

export function createTouchedPods(redis: Redis, keys: Keys): TouchedPods {
  const { touched } = keys
  const records = `${touched}:records`
  const due = `${touched}:due`
  const turns = `${touched}:turns`
  return {
    async touch({ witnessed, ...pod }, lookAt) {
      const args = [pod.uid, JSON.stringify(pod), witnessed.join(' '), lookAt]
      await touchOne(redis, [touched, records, due], args)
    },
    async all() {
      const [pods, ids] = await Promise.all([redis.hgetall(touched), redis.hgetall(records)])
      return Object.entries(pods).map(([uid, text]) => read(text, ids[uid] ?? ''))
    },
    async claim(now, claimedUntil) {
      const found = await claimDue(redis, [touched, records, due], [now, claimedUntil])
      return (found as readonly (readonly [string, string])[]).map(([text, ids]) => read(text, ids))
    },
    async lookAgain(uid, at) {
      await redis.zadd(due, 'XX', at, uid)
    },
    async takeTurn({ application, uid }) {
      return (await takeOne(redis, [touched, turns], [application, uid])) === 1
    },
    async endTurn({ application, uid }) {
      return (await endOne(redis, [turns], [application, uid])) === 1
    },
    async forget(uid) {
      await redis.multi().hdel(touched, uid).hdel(records, uid).zrem(due, uid).exec()
    },
  }
}

// Written above alone.
function read(text: string, ids: string): TouchedPod {
  return { ...(JSON.parse(text) as Omit<TouchedPod, 'witnessed'>), witnessed: ids.split(' ') }
}

// Who was first stays; the later ones' records are told with it.
const touchOne = createLuaScript(`
redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2])
local known = redis.call('HGET', KEYS[2], ARGV[1])
if not known then
  redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
elseif #known < 1000 then
  redis.call('HSET', KEYS[2], ARGV[1], known .. ' ' .. ARGV[3])
end
redis.call('ZADD', KEYS[3], 'LT', ARGV[4], ARGV[1])
return 1
`)

const claimDue = createLuaScript(`
local uids = redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', ARGV[1], 'LIMIT', 0, 20)
local pods = {}
for _, uid in ipairs(uids) do
  local pod = redis.call('HGET', KEYS[1], uid)
  if pod then
    redis.call('ZADD', KEYS[3], 'XX', ARGV[2], uid)
    table.insert(pods, { pod, redis.call('HGET', KEYS[2], uid) or '' })
  else
    redis.call('ZREM', KEYS[3], uid)
  end
end
return pods
`)

const takeOne = createLuaScript(`
local holder = redis.call('HGET', KEYS[2], ARGV[1])
if holder and holder ~= ARGV[2] and redis.call('HEXISTS', KEYS[1], holder) == 1 then return 0 end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
return 1
`)

const endOne = createLuaScript(`
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
return redis.call('HDEL', KEYS[1], ARGV[1])
`)
