import { requireRedis } from '../../local/stack-tools.ts'
import { readToolPins } from '../../local/tool-pins.ts'
import { checkRedisPolicy } from '../../queue/redis-policy.ts'
import { type Check, ok, warning } from './finding.ts'
import { withRedis } from './with-redis.ts'

/** The Redis that is configured, or the program of the own one. */
export const redisCheck: Check = {
  name: 'redis',
  async look({ config, env }) {
    if (config.redisUrl === undefined) {
      const program = await requireRedis(await readToolPins(), env)
      return [ok('redis', `none is configured; landfall start runs its own, ${program}`)]
    }
    const warnings = (await withRedis(config, checkRedisPolicy)) ?? []
    if (warnings.length === 0) return [ok('redis', 'it answers, is persistent and evicts nothing')]
    return warnings.map((text) =>
      warning('redis', text, 'redis-cli config set appendonly yes, and the same in redis.conf'),
    )
  },
}
