import { createLuaScript } from './lua-script.ts'

/*
 * One hash for each commit and context: wanted is the latest report, order its place in time, text
 * what its forge would show of it, sentText what its forge shows.
 */

/** → -1: an older one than known, 0: nothing new to tell, 1: to be sent */
export const submitReport = createLuaScript(`
local report = KEYS[1]
local order, isPending, mayReopen = tonumber(ARGV[1]), ARGV[2] == '1', ARGV[3] == '1'
local wanted, text, ttl = ARGV[4], ARGV[5], ARGV[6]
if order < tonumber(redis.call('HGET', report, 'order') or 0) then return -1 end
if isPending and not mayReopen and redis.call('HGET', report, 'isFinal') == '1' then return -1 end
redis.call('HSET', report, 'order', order, 'wanted', wanted, 'text', text,
  'isFinal', isPending and '0' or '1')
redis.call('PEXPIRE', report, ttl)
if redis.call('HGET', report, 'sentText') == text then return 0 end
return 1
`)
