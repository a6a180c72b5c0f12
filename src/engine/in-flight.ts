/**
 * Maps with at most `limit` calls under way, results in the order of the items. The first failure
 * stops new calls and is thrown after those under way have ended.
 */
export async function mapInFlight<T, R>(
  items: readonly T[],
  limit: number,
  map: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  const queue = items.entries()
  let failed = false
  const run = async (): Promise<void> => {
    for (const [index, item] of queue) {
      if (failed) return
      try {
        results[index] = await map(item)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  const runs = await Promise.allSettled(Array.from({ length: Math.min(limit, items.length) }, run))
  const failure = runs.find((result) => result.status === 'rejected')
  if (failure !== undefined) throw failure.reason
  return results
}

/** Writes and dry-runs of one sync under way at once; the cluster's pool has as many connections. */
export const requestsInFlight = 16
