import { type Context, createContext, Script } from 'node:vm'
import { readText } from './read-field.ts'

export type BoundedRun = <T>(work: () => T) => T

/** The work took longer than it may, and was cut off. */
export class TookTooLong extends Error {
  override readonly name = 'TookTooLong'
}

const script = new Script('work()')

/**
 * Runs something synchronous and cuts it off after `limitMs`, a regular expression that backtracks
 * without end too: V8 ends what was called from the context as well as what runs in it.
 */
export function createBoundedRun(limitMs: number): BoundedRun {
  let context: Context | undefined
  return (work) => {
    context ??= createContext({})
    context['work'] = work
    try {
      return script.runInContext(context, { timeout: limitMs })
    } catch (error: unknown) {
      if (isTimeout(error)) throw new TookTooLong(`it took longer than ${limitMs} ms`)
      throw error
    }
  }
}

// It is an Error of the context, not one of ours.
function isTimeout(error: unknown): boolean {
  return readText(error, 'code') === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
}
