import type { Findings } from '../findings.ts'
import { hasPassword, redisUrlFault } from '../redis-url.ts'
import type { Redis } from '../schema/redis.ts'
import type { SecretReader } from '../secret-reader.ts'
import type { Valid } from '../sections.ts'

/** The URL as ioredis takes it; undefined where Landfall runs its own Redis. */
export async function resolveRedis(
  { url }: Valid<Redis>,
  secrets: SecretReader,
  findings: Findings,
): Promise<string | undefined> {
  const path = ['redis', 'url']
  if (typeof url === 'string') {
    if (hasPassword(url)) {
      findings.warning(path, 'holds a password, move it to {env: NAME} or {file: PATH}')
    }
    return url
  }
  if (url === undefined) return undefined
  const secret = (await secrets.read(url, path))?.reveal()
  const fault = secret === undefined ? undefined : redisUrlFault(secret)
  if (fault !== undefined) findings.problem(path, `what it names is wrong: ${fault}`)
  return fault === undefined ? secret : undefined
}
