import { StageError } from '../domain/error.ts'

const attempts = 5

/**
 * Does what was decided by a look at an object, guarded by the version that was seen. Where somebody
 * has changed the object since (OBJECT_CONFLICT), it looks and does it again, a few times.
 */
export async function actOnFresh<Seen, Result>(
  first: Seen,
  look: () => Promise<Seen>,
  act: (seen: Seen) => Promise<Result>,
): Promise<Result> {
  let seen = first
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await act(seen)
    } catch (error) {
      const isStale = error instanceof StageError && error.code === 'OBJECT_CONFLICT'
      if (!isStale || attempt === attempts) throw error
      seen = await look()
    }
  }
}
