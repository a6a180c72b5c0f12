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
  forget(uid: string): Promise<void>
}

export function createTouchedPods(redis: Redis, keys: Keys): TouchedPods {
  const { touched } = keys
  const due = `${touched}:due`
  return {
    async touch(pod, lookAt) {
      await touchOne(redis, [touched, due], [pod.uid, JSON.stringify(pod), lookAt])
    },
    async all() {
      return Object.values(await redis.hgetall(touched)).map(read)
    },
    async claim(now, claimedUntil) {
      const texts = await claimDue(redis, [touched, due], [now, claimedUntil])
      return (texts as readonly string[]).map(read)
    },
    async lookAgain(uid, at) {
      await redis.zadd(due, 'XX', at, uid)
    },
    async forget(uid) {
      await redis.multi().hdel(touched, uid).zrem(due, uid).exec()
    },
  }
}

// Written below alone.
function read(text: string): TouchedPod {
  return JSON.parse(text) as TouchedPod
}

// Who was first stays; the later ones' records are told with it.
const touchOne = createLuaScript(`
local before = redis.call('HGET', KEYS[1], ARGV[1])
local pod = cjson.decode(ARGV[2])
if before then
  local known = cjson.decode(before)
  for _, id in ipairs(pod.witnessed) do
    if #known.witnessed < 20 then table.insert(known.witnessed, id) end
  end
  pod = known
end
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(pod))
redis.call('ZADD', KEYS[2], 'LT', ARGV[3], ARGV[1])
return 1
`)

const claimDue = createLuaScript(`
local uids = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[1], 'LIMIT', 0, 20)
local pods = {}
for _, uid in ipairs(uids) do
  local pod = redis.call('HGET', KEYS[1], uid)
  if pod then
    redis.call('ZADD', KEYS[2], 'XX', ARGV[2], uid)
    table.insert(pods, pod)
  else
    redis.call('ZREM', KEYS[2], uid)
  end
end
return pods
`)
