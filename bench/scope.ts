import type { Scope } from '../test/support/scope.ts'

/** Ends last what was begun first. */
export function createScope(): Scope & { end(): Promise<void> } {
  const endings: (() => unknown)[] = []
  return {
    teardown: (ending) => void endings.push(ending),
    async end() {
      for (const ending of endings.splice(0).toReversed()) await ending()
    },
  }
}
