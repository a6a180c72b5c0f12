import type { Redis } from 'ioredis'
import type { Keys } from './keys.ts'

/** Of the hash of repositories: a forge's own id, which stays when the repository is renamed. */
export function repositoryField(forge: string, id: string): string {
  return `${forge}/${id}`
}

/** Which configured repository a forge's own id came with. */
export async function findRepository(
  redis: Redis,
  keys: Keys,
  { forge, id }: { readonly forge: string; readonly id: string },
): Promise<string | undefined> {
  return (await redis.hget(keys.repositories, repositoryField(forge, id))) ?? undefined
}
