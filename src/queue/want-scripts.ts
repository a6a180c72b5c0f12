import type { Redis } from 'ioredis'
import type { Want } from '../domain/application-record.ts'
import { isUrgent, triggerRank } from '../domain/wanted.ts'
import type { Keys } from './keys.ts'
import { repositoryField } from './known-repositories.ts'
import { createLuaScript } from './lua-script.ts'

const rememberedSeconds = 7 * 86_400
/** Of more it is cheaper to list them all. */
const mostSuspects = 20

/** What one delivery is about. */
export interface DeliveredWant {
  readonly forge: string
  /** Undefined: a redelivery cannot be known. */
  readonly deliveryId: string | undefined
  /** The forge's own id of the repository, and the URL it is known by from now on. */
  readonly repository: { readonly id: string; readonly url: string }
  readonly applications: readonly string[]
  readonly want: Want
}

/** Gives the generation that a sync must reach to have done it. */
export function recordWant(
  redis: Redis,
  keys: Keys,
  application: string,
  want: Want,
): Promise<unknown> {
  return wantOne(
    redis,
    [keys.application(application)],
    [...wantArguments(keys, want), application],
  )
}

/**
 * Records what a delivery wants of all its applications in one round trip, whole or not at all;
 * false: it was remembered, and nothing is wanted anew.
 */
export async function recordDelivery(
  redis: Redis,
  keys: Keys,
  { forge, deliveryId, repository, applications, want }: DeliveredWant,
): Promise<boolean> {
  const seen = deliveryId === undefined ? [] : [keys.delivery(forge, deliveryId)]
  const records = applications.map((name) => keys.application(name))
  const answer = await wantAll(
    redis,
    [keys.repositories, ...records, ...seen],
    [
      ...wantArguments(keys, want),
      repositoryField(forge, repository.id),
      repository.url,
      ...applications,
    ],
  )
  return answer === 1
}

/** To be called once all of it is queued: remembered before, a redelivery would be swallowed. */
export async function rememberDelivery(
  redis: Redis,
  keys: Keys,
  { forge, deliveryId }: Pick<DeliveredWant, 'forge' | 'deliveryId'>,
): Promise<void> {
  if (deliveryId === undefined) return
  await redis.set(keys.delivery(forge, deliveryId), '1', 'EX', rememberedSeconds, 'NX')
}

function wantArguments(keys: Keys, want: Want): (string | number)[] {
  const { trigger, at, expectedSha, suspects = [] } = want
  const isPush = trigger === 'push' || trigger === 'pull-request'
  return [
    triggerRank(trigger),
    at,
    expectedSha ?? '',
    keys.wanted,
    flag(isUrgent(trigger)),
    flag(isPush),
    flag(trigger === 'sweep'),
    flag(trigger === 'drift'),
    suspects.join('\n'),
    mostSuspects,
  ]
}

function flag(value: boolean): string {
  return value ? '1' : '0'
}

/** Fields: see application-scripts. */
const wantFunction = `
local rank, at, expected, channel = tonumber(ARGV[1]), ARGV[2], ARGV[3], ARGV[4]
local isUrgent, isPush, isSweep = ARGV[5] == '1', ARGV[6] == '1', ARGV[7] == '1'
local isDrift, named, mostSuspects = ARGV[8] == '1', ARGV[9], tonumber(ARGV[10])
local function suspectsOf(record)
  local known = redis.call('HGET', record, 'suspects')
  if known == '*' or named == '' then return '*' end
  local suspects = known and (known .. '\\n' .. named) or named
  local _, ends = string.gsub(suspects, '\\n', '')
  return ends >= mostSuspects and '*' or suspects
end
local function want(record, name)
  local generation = redis.call('HINCRBY', record, 'dirty', 1)
  local before = tonumber(redis.call('HGET', record, 'rank') or 99)
  redis.call('HSET', record, 'rank', math.min(rank, before))
  if expected ~= '' then redis.call('HSET', record, 'expected', expected) end
  if isPush then redis.call('HSETNX', record, 'pushedAt', at) end
  if isSweep then redis.call('HSET', record, 'sweptAt', at) end
  if isUrgent then
    redis.call('HDEL', record, 'retryAt', 'retryRank', 'attempts', 'crashes')
  end
  if isDrift then redis.call('HSET', record, 'suspects', suspectsOf(record)) end
  if isUrgent or isDrift then
    local kind = isUrgent and 'urgent' or 'drift'
    redis.call('PUBLISH', channel, generation .. ' ' .. name .. ' ' .. kind)
  end
  return generation
end
`

const wantOne = createLuaScript(`${wantFunction}
return want(KEYS[1], ARGV[11])
`)

const wantAll = createLuaScript(`${wantFunction}
local repositories, field, url = KEYS[1], ARGV[11], ARGV[12]
local count = #ARGV - 12
local seen = KEYS[count + 2]
if seen and redis.call('EXISTS', seen) == 1 then return 0 end
for at = 1, count do want(KEYS[at + 1], ARGV[at + 12]) end
if redis.call('HGET', repositories, field) ~= url then
  redis.call('HSET', repositories, field, url)
end
return 1
`)
