import { join } from 'node:path'
import type { Test } from 'tap'
import { systemClock } from '../../src/domain/clock.ts'
import { createSource, type SourceOptions } from '../../src/source/create-source.ts'
import type { Source } from '../../src/source/source.ts'
import { createTestRepository, type TestRepository } from './git-repository.ts'

export const anySource = {
  allowInsecureHttp: true,
  allowLocalRepos: true,
  requireServiceAccount: false,
} as const

/** A source with its data in a folder of the test, which takes http and file URLs too. */
export function aSource(dir: string, overrides: Partial<SourceOptions> = {}): Source {
  const dataDir = join(dir, 'data')
  return createSource({ dataDir, security: anySource, clock: systemClock, ...overrides })
}

/** A repository with one commit, and a source that has fetched nothing yet. */
export async function aRepository(
  t: Test,
): Promise<{ dir: string; repository: TestRepository; source: Source }> {
  const dir = t.testdir()
  const repository = await createTestRepository(dir)
  await repository.commit({ 'apps/task-agent/config.yaml': 'a: 1\n' }, { message: 'first' })
  return { dir, repository, source: aSource(dir) }
}

export const noSignal = new AbortController().signal
