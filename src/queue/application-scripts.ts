import { createLuaScript } from './lua-script.ts'

/*
 * One hash an application. dirty, handled: generations, wanted and done. rank, pushedAt, expected:
 * what is wanted since the last sync began. token, begun…: the sync under way, kept apart so that
 * the next one takes over what a dead one was to do. Of ranks, 0 is the strongest trigger. resumed:
 * the last pause was ended here, and not lost. suspects: drift is wanted, a line for each object that
 * is said to have drifted, or `*` for all of them. held: why the tip of the branch is not deployed, as
 * JSON.
 */

const looksFunction = (ranks: number) => `
local function looks(rank) return not string.find(ARGV[${ranks}], ',' .. rank .. ',', 1, true) end
`

export const begin = createLuaScript(`${looksFunction(4)}
local record = KEYS[1]
local token, weakestUrgent, crashesAllowed = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local driftRank = ARGV[5]
local function get(field) return redis.call('HGET', record, field) end
local dirty, handled = tonumber(get('dirty') or 0), tonumber(get('handled') or 0)
if dirty <= handled and not get('pausedBy') then return {'clean'} end

local isTakenOver = get('token')
local rank = tonumber(get('rank') or 99)
if isTakenOver then rank = math.min(rank, tonumber(get('begunRank') or 99)) end
local sequence = redis.call('HINCRBY', record, 'sequence', 1)

local function drop()
  redis.call('HSET', record, 'handled', dirty)
  redis.call('HDEL', record, 'rank', 'pushedAt', 'retryAt', 'retryRank',
    'token', 'begun', 'begunRank', 'begunPushedAt', 'suspects')
end
if get('pausedBy') then
  drop()
  return {'paused', get('pausedBy'), get('pausedAt'), rank, sequence}
end
local crashes = tonumber(get('crashes') or 0)
if isTakenOver then crashes = redis.call('HINCRBY', record, 'crashes', 1) end
if crashes > crashesAllowed then
  drop()
  return {'quarantined', crashes, sequence}
end

local suspects = get('suspects')
if isTakenOver and looks(get('begunRank') or 99) then suspects = '*' end
local pushedAt = isTakenOver and get('begunPushedAt')
if rank <= weakestUrgent then
  pushedAt = pushedAt or get('pushedAt')
  redis.call('HDEL', record, 'pushedAt', 'retryAt', 'retryRank')
end
redis.call('HDEL', record, 'rank', 'begunPushedAt')
redis.call('HSET', record, 'token', token, 'begun', dirty, 'begunRank', rank)
if pushedAt then redis.call('HSET', record, 'begunPushedAt', pushedAt) end
if suspects and not looks(rank) then
  redis.call('HINCRBY', record, 'dirty', 1)
  redis.call('HSET', record, 'rank', driftRank, 'suspects', suspects)
else
  redis.call('HDEL', record, 'suspects')
end
return {'begun', dirty, sequence, rank, pushedAt or '', get('expected') or '',
  get('attempts') or 0, get('failed') or '', get('resumed') or '', suspects or '', get('held') or ''}
`)

export const finish = createLuaScript(`${looksFunction(7)}
local record = KEYS[1]
local token, retryAt, failed = ARGV[1], ARGV[2], ARGV[3]
local isInterrupted, weakestUrgent, held = ARGV[4] == '1', tonumber(ARGV[5]), ARGV[6]
local function get(field) return redis.call('HGET', record, field) end
if get('token') ~= token then return 0 end
local begun, rank, pushedAt = get('begun'), tonumber(get('begunRank')), get('begunPushedAt')
local wanted = tonumber(get('rank') or 99)
redis.call('HDEL', record, 'crashes', 'token', 'begun', 'begunRank', 'begunPushedAt')

if isInterrupted then
  redis.call('HSET', record, 'rank', math.min(rank, wanted))
  if looks(rank) then redis.call('HSET', record, 'suspects', '*') end
  if pushedAt then redis.call('HSET', record, 'pushedAt', pushedAt) end
  return 1
end
redis.call('HSET', record, 'handled', begun)
local function keep(field, value)
  if value == '' then
    redis.call('HDEL', record, field)
  else
    redis.call('HSET', record, field, value)
  end
end
keep('failed', failed)
keep('held', held)
if wanted <= weakestUrgent then return 1 end

if retryAt ~= '' then
  local waiting = tonumber(get('retryRank') or 99)
  redis.call('HSET', record, 'retryAt', retryAt, 'retryRank', math.min(rank, waiting))
  redis.call('HINCRBY', record, 'attempts', 1)
  if pushedAt then redis.call('HSETNX', record, 'pushedAt', pushedAt) end
elseif not get('retryAt') then
  redis.call('HDEL', record, 'attempts', 'expected')
end
return 1
`)

export const fireRetry = createLuaScript(`${looksFunction(2)}
local record, now = KEYS[1], tonumber(ARGV[1])
local function get(field) return redis.call('HGET', record, field) end
local retryAt = tonumber(get('retryAt'))
if not retryAt or retryAt > now then return 0 end
local retryRank = tonumber(get('retryRank') or 99)
redis.call('HINCRBY', record, 'dirty', 1)
redis.call('HSET', record, 'rank', math.min(retryRank, tonumber(get('rank') or 99)))
if looks(retryRank) then redis.call('HSET', record, 'suspects', '*') end
redis.call('HDEL', record, 'retryAt', 'retryRank')
return 1
`)
