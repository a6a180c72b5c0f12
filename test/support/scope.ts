import type { Test } from 'tap'

/** What ends what was begun for it: a test, or a benchmark. */
export type Scope = Pick<Test, 'teardown'>
