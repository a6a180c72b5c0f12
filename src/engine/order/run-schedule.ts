import { StageError } from '../../domain/error.ts'
import type { Schedule, Step } from './schedule.ts'

export type StepResult = 'success' | 'failure' | { readonly againAfter: () => Promise<void> }

/**
 * Does each step as soon as its needs have ended, at most `limit` objects at once. A step that is
 * to be tried again gives up its place meanwhile. The first error thrown stops new steps, and is
 * thrown after those under way have ended.
 */
export function runSchedule(
  schedule: Schedule,
  limit: number,
  run: (step: Step) => Promise<StepResult>,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let underWay = 0
  let objects = 0
  let failure: { readonly error: unknown } | undefined

  async function perform(step: Step): Promise<void> {
    const cost = step.node.kind === 'object' ? 1 : 0
    objects += cost
    const result = await run(step).finally(() => {
      objects -= cost
    })
    if (typeof result === 'string') return schedule.end(step.node.key, result)
    begin()
    await result.againAfter()
    schedule.again(step.node.key)
  }

  function begin(): void {
    while (failure === undefined) {
      const step = schedule.next(objects < limit)
      if (step === undefined) break
      underWay += 1
      perform(step)
        .catch((error: unknown) => {
          failure ??= { error }
        })
        .finally(() => {
          underWay -= 1
          begin()
        })
    }
    if (underWay > 0) return
    if (failure !== undefined) reject(failure.error)
    else if (schedule.left() === 0) resolve()
    else reject(new StageError('INTERNAL', 'the order of the objects has a circle'))
  }

  begin()
  return promise
}
